"""Pushing a dataset's folder to the hub, where there is one."""

from pathlib import Path

from caco.errors import BackendError, ConfigError, missing_extra


def push(folder: Path, name: str, *, private: bool) -> str:
    """Upload a folder as the dataset `name` (OWNER/NAME); gives its address.

    Raises ConfigError for a folder that is no dataset or a missing extra, BackendError where the hub refuses.
    """
    if not (folder / "README.md").is_file() or not (folder / "data").is_dir():
        raise ConfigError(f"{folder} is no dataset of ours: it has no README.md or no data/; make one with caco export")
    try:
        from huggingface_hub import HfApi
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error
    api = HfApi()
    try:
        api.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
        api.upload_folder(repo_id=name, repo_type="dataset", folder_path=folder)
    except Exception as error:
        raise BackendError(f"the hub did not take {folder} as {name}: {error}") from error
    return f"datasets/{name}"
