from asciichartpy import plot


def draw(values):
    return plot(values)
