# 两条命令：make serve 打开网页，make test 跑全部检查。

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
GATES := eval/gates.toml
PLAN_GATES := eval/gates_plan.toml
BASELINE := eval/baselines/corpus.json
REPORT := reports/eval

.PHONY: help serve index test test-quick lint eval clean python

help:
	@echo "make serve       安装、建索引并打开 http://127.0.0.1:7860"
	@echo "make test        安装测试工具，跑 ruff、mypy 和全部 pytest"
	@echo "make test-quick  同上，略过慢的测试"
	@echo "make eval        在题集上评测，报告写到 $(REPORT)"
	@echo "make clean       删除虚拟环境、索引、报告和缓存"
	@echo "PYTHON=python3.12 可指定解释器（需要 3.10 或更新）"

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "找不到 $(PYTHON)：请安装 Python 3.10 或更新版本，或用 make PYTHON=路径 指定。" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo "$(PYTHON) 是 $$($(PYTHON) --version 2>&1)，需要 Python 3.10 或更新版本：请用 make PYTHON=python3.12 指定。" >&2; exit 1; }

$(BIN)/python: | python
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "无法创建虚拟环境 $(VENV)：在 Debian 或 Ubuntu 上请先安装 python3-venv。" >&2; exit 1; }

# The constraint keeps pip from a torch that brings gigabytes of CUDA packages.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[test]'
	@touch $(VENV)/.installed $@

serve: index
	$(BIN)/assistant serve

index: $(VENV)/.installed
	$(BIN)/assistant index

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy

test: lint
	$(BIN)/pytest

test-quick: lint
	$(BIN)/pytest -m "not slow"

eval: $(VENV)/.installed
	$(BIN)/assistant eval --gates $(GATES) --report $(REPORT) $(addprefix --baseline ,$(wildcard $(BASELINE)))
	$(BIN)/assistant index --corpus corpus/raw --index indexes/plan
	$(BIN)/assistant eval --gold eval/gold/plan --index indexes/plan --gates $(PLAN_GATES) --report $(REPORT)-plan

# Only what this file and the tools make; `state/` holds the users' feedback and stays.
clean:
	rm -rf $(VENV) reports build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find indexes -mindepth 1 ! -name .gitkeep -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
