"""Write the JSON Schema of workflow files, which editors use for completion.

python -m scripts.workflow_schema
"""

from __future__ import annotations

import json
from pathlib import Path

from bridge.workflow import shape

TARGET = Path(shape.__file__).with_name("schema.json")


def rendered() -> str:
    """Give the schema as the file holds it."""
    return json.dumps(shape.json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(rendered(), encoding="utf-8")
