"""What an environment gets beside its packages; run once by its own Python when it is built, as its owner."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

import check_lean  # noqa: E402
import gen_validators  # noqa: E402


def main():
    gen_validators.main()
    check_lean.main()


if __name__ == "__main__":
    main()
