"""Papermill's way to run a notebook, which saves it once: at its end, however that comes.

By itself papermill saves before and after every cell, which takes a seventh of the time of a report of twenty cells. Where the kernel dies
the end comes too; where the whole run is killed, its folder is thrown away in any case.
"""

from typing import Any

from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

NAME = "cxresearch"


class SavedOnce(NBClientEngine):
    """Runs the cells without saving between them."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **settings: Any) -> None:
        """Run them; settings as in papermill. The last save, which papermill asks for after this, is done."""
        path, nb_man.output_path = nb_man.output_path, None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **settings)
        finally:
            nb_man.output_path = path


papermill_engines.register(NAME, SavedOnce)
