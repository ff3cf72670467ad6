"""Policy knowledge assistant: cited answers from Chinese policy texts.

>>> from assistant.pipeline import Assistant  # doctest: +SKIP
>>> Assistant.open().ask("到2026年培育多少家高新技术企业？").text  # doctest: +SKIP
"""

__version__ = "0.1.0"
