from importlib.resources import files

BUILT_BY = files(__name__).joinpath("built_by.txt").read_text()
ROWS = files(__name__).joinpath("data/rows.csv").read_text().splitlines()
