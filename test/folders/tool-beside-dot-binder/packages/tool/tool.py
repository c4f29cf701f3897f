"""A tool."""
import unidecode


def plain(text):
    return unidecode.unidecode(text)
