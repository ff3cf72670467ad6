"""One frozen, validated `Settings`, from `assistant.toml`, then `ASSISTANT_*`, then flags."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from assistant import __version__
from assistant.errors import SettingsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PREFIX = "ASSISTANT_"
PACKAGE_DIR = Path(__file__).parent
SHIPPED_EMBEDDER = "shipped"
LLAMA_INDEX = "llama-index:"
_IN_FILE_ONLY = ("llm_kwargs", "embedder_kwargs")


class Settings(BaseModel):
    """Every setting with its default; an unknown key in `assistant.toml` is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corpus_dir: Path = Path("corpus")
    index_dir: Path = Path("indexes/default")
    rules_dir: Path = Path("corpus")
    """Where `facts.yaml` and `benefits/` are, and the documents that they quote."""
    gold_dir: Path = Path("eval")
    """Where gold questions are, in all its folders: they move with the clauses they quote."""
    state_dir: Path = Path("state")
    """Feedback and logs; created when first written to."""

    embedder: str = SHIPPED_EMBEDDER
    """`shipped`, the name or folder of any sentence-transformers model, or `llama-index:` and the
    dotted path of any llama-index embedding class.
    """
    embedder_kwargs: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments for that class; in the file only."""
    cross_encoder: str | None = None
    """The name or folder of any sentence-transformers CrossEncoder, to read the first 20 hits."""
    store: Literal["local", "chroma", "milvus"] = "local"
    """Where vectors are searched: in the files of the index, in Chroma, or in Milvus."""
    store_uri: str | None = None
    """Of a Chroma server (none: embedded), of a Milvus cluster, or a `.db` file of milvus-lite."""
    store_token: SecretStr | None = None
    store_timeout_s: float = Field(default=10.0, gt=0, le=600)
    """For an answer of the engine to one question; a batch of a build may take twelve times it."""
    top_k: int = Field(default=8, ge=1, le=100)
    max_question_chars: int = Field(default=2000, ge=10, le=20000)
    max_file_bytes: int = Field(default=50_000_000, ge=1000)

    build_workers: int = Field(default=0, ge=0, le=256)
    """Processes that parse and tokenise a large corpus; 0: as many as there are cores."""

    sources_file: Path = Path("corpus/sources.toml")
    sync_user_agent: str = Field(
        default=f"policy-assistant/{__version__}", pattern=r"^[!-~][ -~]{2,199}$"
    )
    """Tells the sites who asks; add an address at which you can be reached."""
    sync_delay_s: float = Field(default=2.0, ge=0, le=60)
    """Between two requests to one site; longer where its robots.txt asks for more."""
    sync_timeout_s: float = Field(default=60.0, gt=0, le=600)
    """For a whole page."""
    sync_private_hosts: bool = False
    """Whether named sites may have addresses of a private network or of this machine."""
    admin_password: SecretStr | None = Field(default=None, min_length=8)
    """For changes of the corpus at the clause desk, from the environment only; none: read-only."""

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)

    llm_model: str | None = None
    """Model name; with `llm_base_url` it turns the LLM writer on."""
    llm_base_url: str | None = None
    """An OpenAI-compatible endpoint: Ollama, vLLM, DeepSeek, Qwen …"""
    llm_api_key: SecretStr | None = None
    llm_class: str | None = None
    """Dotted path of any llama-index LLM class, in place of the OpenAI-compatible one."""
    llm_kwargs: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments for `llm_class`."""
    llm_timeout_s: float = Field(default=20.0, gt=0, le=600)

    @property
    def embedder_spec(self) -> str:
        """All that `load_embedder` needs to know."""
        if not self.embedder_kwargs:
            return self.embedder
        return f"{self.embedder} {json.dumps(self.embedder_kwargs, sort_keys=True)}"

    @property
    def has_llm(self) -> bool:
        return self.llm_class is not None or (
            self.llm_model is not None and self.llm_base_url is not None
        )


def load_settings(
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
    **flags: object,
) -> Settings:
    """Merge `assistant.toml` of `folder`, the environment and `flags`; None flags are not set.

    Raises:
        SettingsError: naming the file or variable, the key and what is allowed.
    """
    path = (folder or Path.cwd()) / "assistant.toml"
    merged: dict[str, object] = {}
    if path.is_file():
        try:
            merged.update(tomllib.loads(path.read_text("utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"设置文件 {path} 无法读取：{error}。请修正或删除它。") from error
    if "admin_password" in merged:
        raise SettingsError(
            f"设置文件 {path} 里不能写 admin_password；请改用环境变量 {PREFIX}ADMIN_PASSWORD。"
        )
    for name, value in (os.environ if environ is None else environ).items():
        key = name.removeprefix(PREFIX).lower()
        if name.startswith(PREFIX) and key in Settings.model_fields and key not in _IN_FILE_ONLY:
            merged[key] = value
    merged.update({key: value for key, value in flags.items() if value is not None})
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        problems = "；".join(
            f"{'.'.join(map(str, item['loc']))}：{item['msg']}" for item in error.errors()
        )
        raise SettingsError(f"设置有误（{path} 或环境变量 {PREFIX}*）：{problems}。") from error
