"""An office's file: what the directorate edits."""

from antrian.adapters.office_file.loading import load_office, load_offices
from antrian.adapters.office_file.table import OfficeFileError

__all__ = ["OfficeFileError", "load_office", "load_offices"]
