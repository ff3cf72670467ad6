"""How texts that somebody adds are answered, on questions nobody here wrote (the `ncp` benchmark).

    python eval/bench_added.py FOLDER [--reader DIR] [--work DIR]
    python eval/bench_added.py --laws FOLDER [--every N]

FOLDER holds `corpus.jsonl` (rows `_id`, `text`) and `queries.dev.jsonl` (rows `_id`, `text`,
`doc_id`, `answer`). Its notices become a folder of text files, a corpus of their own, and the
whole assistant is asked. A question is answered right when a quote overlaps the answer in its
document. It is asked again of a corpus without its notice, fold by fold of the documents, where
declining is right: now and then another notice has the answer too, so that 1.0 is not the best.
The shipped models may have seen these questions: by folds, `assistant train-reader --added`.

`--laws` adds every N-th text of a folder of laws to the shipped corpus and asks the dev questions
of `eval/gold`, to see what more documents cost the answers on those that were there.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.answering.reader import READER_DIR, load_reader
from assistant.evaluation.added import notice_exams
from assistant.evaluation.evaluator import AS_OF, run_evaluation
from assistant.evaluation.gold import GoldQuestion, load_gold
from assistant.evaluation.judged import CORPUS, QUERIES
from assistant.evaluation.measures import is_cited
from assistant.pipeline import Assistant
from assistant.retrieval.opening import open_current_index
from assistant.retrieval.store import PolicyIndex
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
ELSEWHERE = "answered from elsewhere"
SHOWN = ("answer_correct", "right_refusal", "wrong_refusal")


def ask_notices(folder: Path, work: Path, reader_dir: Path) -> None:
    opened: list[Assistant] = []

    def open_at(corpus: Path, index: Path) -> PolicyIndex:
        settings = Settings(corpus_dir=corpus, index_dir=index)
        opened.append(Assistant(settings, open_current_index(settings), load_reader(reader_dir)))
        return opened[-1].index

    counts: Counter[str] = Counter()
    for exam, assistant in zip(notice_exams(folder, work, open_at), opened, strict=True):
        counts.update(_became(one, assistant) for one in exam.questions)
    able = sum(counts[one] for one in ("right", "wrong", "declined"))
    unable = counts["rightly declined"] + counts[ELSEWHERE]
    for name, n in (
        ("right", able), ("wrong", able), ("declined", able), ("rightly declined", unable),
    ):  # fmt: skip
        say(f"{name:18}{counts[name] / max(1, n):8.3f}   n = {n}")


def _became(one: GoldQuestion, assistant: Assistant) -> str:
    answer = assistant.ask(one.text, as_of=AS_OF)
    if not one.answerable:
        return "rightly declined" if answer.status in one.statuses else ELSEWHERE
    if answer.status not in one.statuses:
        return "declined"
    is_right = bool(one.evidence) and all(is_cited(answer.citations, it) for it in one.evidence)
    return "right" if is_right else "wrong"


def ask_beside_laws(folder: Path, every: int, work: Path) -> None:
    corpus = work / "corpus"
    shutil.copytree(ROOT / "corpus", corpus)
    laws = sorted(folder.glob("*.md"))[::every]
    for one in laws:
        shutil.copy(one, corpus / "raw" / one.name)
    assistant = Assistant.open(
        Settings(corpus_dir=corpus, index_dir=work / "index", rules_dir=corpus)
    )
    gold = load_gold(ROOT / "eval" / "gold", assistant.documents, assistant.clauses)
    say(f"{len(laws)} laws beside {len(assistant.documents) - len(laws)} documents")
    for split in ("dev", "digests_dev"):
        report = run_evaluation(assistant, gold, split=split)
        for score in report.scores:
            if score.split == split and score.intent == "all" and score.measure in SHOWN:
                say(f"{split:12}{score.measure:16}{score.value:8.3f}   n = {score.n}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="corpus.jsonl and queries.dev.jsonl")
    parser.add_argument("--reader", type=Path, default=READER_DIR)
    parser.add_argument("--work", type=Path, help="keep corpora and indexes here")
    parser.add_argument("--laws", type=Path, help="texts of laws, *.md")
    parser.add_argument("--every", type=int, default=12)
    args = parser.parse_args()
    missing = [
        str(args.folder / name)
        for name in (CORPUS, QUERIES)
        if args.folder and not (args.folder / name).is_file()
    ]
    if args.laws and not any(args.laws.glob("*.md")):
        missing.append(str(args.laws / "*.md"))
    if missing or not (args.folder or args.laws):
        sys.stderr.write(f"nothing was asked: there is no {' or '.join(missing) or 'folder'}\n")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        if args.folder:
            ask_notices(args.folder, args.work or Path(scratch) / "notices", args.reader)
        if args.laws:
            ask_beside_laws(args.laws, args.every, Path(scratch) / "laws")
    return 0


if __name__ == "__main__":
    sys.exit(main())
