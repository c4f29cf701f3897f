from setuptools import setup
setup(name="course")
