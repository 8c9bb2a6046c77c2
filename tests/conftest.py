"""Every query is a tree of many short-lived objects: to look for garbage among them after each 700 takes a sixth of the time."""

import gc

import pytest


def pytest_collection_finish():
    gc.collect()
    gc.freeze()  # what is imported stays: no need to look through it after every module
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True, scope="module")
def tidy():
    yield
    gc.collect()
