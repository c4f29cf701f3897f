from setuptools import setup
setup(name="course",version="1",py_modules=[])
