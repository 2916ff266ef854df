"""The peer: Presidio's analyzer with its default and its German recognizers, on mails given as JSON lines.

Run in a process of its own, so that import time and memory are its own: `python -m tests.bench.presidio_rate FILE`.
Needs presidio-analyzer, which is no dependency of the bridge. No language model is loaded, since none comes inside
a package: a blank spaCy pipeline only splits words.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Measure both sets of recognizers and print one JSON object."""
    began = time.process_time()
    analyzers = {language: _analyzer(language) for language in ("en", "de")}
    started = time.process_time() - began
    mails = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    out: dict[str, Any] = {"import_seconds": started}
    for language, analyzer in analyzers.items():
        analyzer.analyze(mails[0], language=language)
        began = time.process_time()
        found = [
            [[hit.start, hit.end] for hit in analyzer.analyze(mail, language=language)] for mail in mails
        ]
        out[language] = {"mails_per_second": len(mails) / (time.process_time() - began), "spans": found}
    out["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(out))


def _analyzer(language: str) -> Any:
    spacy, presidio = importlib.import_module("spacy"), importlib.import_module("presidio_analyzer")
    engines = importlib.import_module("presidio_analyzer.nlp_engine")
    engine = engines.SpacyNlpEngine(models=[{"lang_code": language, "model_name": "blank"}])
    engine.nlp = {language: spacy.blank(language)}
    registry = presidio.RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language])
    return presidio.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[language])


if __name__ == "__main__":
    main()
