"""``python -m fourport``."""

from fourport.cli import main

if __name__ == "__main__":
    main()
