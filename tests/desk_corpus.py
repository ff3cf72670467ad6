"""A small corpus for the clause desk: one regulation in two versions, and a draft."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import SecretStr

from assistant.settings import Settings

PASSWORD = "desk-password-1"
OLD_TEXT = """测试区企业扶持办法
第一条　为了支持企业发展，制定本办法。
第二条　本办法所称企业，是指在本区注册的中小企业。
第三条　企业首次认定为高新技术企业的，给予十万元奖励。
同一企业只能享受一次。
第四条　除第三条第二款规定的情形外，奖励可以与市级奖励同时享受。
第五条　本办法由区科委负责解释。
"""
NEW_TEXT = """测试区企业扶持办法
第一条　为了支持企业发展，制定本办法。
第二条　本办法所称企业，是指在本区注册的中小企业。
第三条　申请人应当信用良好。
第四条　企业首次认定为高新技术企业的，给予二十万元奖励。
同一企业只能享受一次。
第五条　除第四条第二款规定的情形外，奖励可以与市级奖励同时享受。
第六条　本办法由区科委负责解释。
"""
DRAFT_TEXT = """测试区载体建设方案（征求意见稿）
一、总体要求
到2026年，建成<b>十</b>个载体，服务高新技术\n企业。
二、支持措施
（一）对载体给予补贴。
"""
ROWS = [
    {"file": "support_2021.txt", "doc_id": "support_2021", "doc_no": "测府规〔2021〕1号",
     "issuer": ["测试区人民政府"], "level": "district", "kind": "official",
     "issued_on": "2021-02-01", "effective_on": "2021-03-01", "topics": ["高新技术企业"]},
    {"file": "support_2024.txt", "doc_id": "support_2024", "doc_no": "测府规〔2024〕2号",
     "issuer": ["测试区人民政府"], "level": "district", "kind": "official",
     "issued_on": "2024-04-01", "effective_on": "2024-05-01", "replaces": ["support_2021"]},
]  # fmt: skip
UPLOAD = "upload.txt"
UPLOAD_TEXT = """测试区氢能产业促进办法
第一条　对建成加氢站的企业，给予每站七十七万元补贴。
第二条　本办法自2025年1月1日起施行。
"""


def make_corpus(folder: Path, password: str | None = PASSWORD) -> Settings:
    """The files and settings with folders of their own; no index yet."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in (
        ("support_2021.txt", OLD_TEXT), ("support_2024.txt", NEW_TEXT), ("carrier.txt", DRAFT_TEXT),
    ):  # fmt: skip
        (corpus / name).write_text(text, "utf-8")
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    (corpus / "manifest.jsonl").write_text("".join(lines), "utf-8")
    return Settings(
        corpus_dir=corpus, index_dir=folder / "index", state_dir=folder / "state",
        max_file_bytes=2_000_000, admin_password=SecretStr(password) if password else None,
    )  # fmt: skip
