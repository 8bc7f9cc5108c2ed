"""RegistryApi: what a registry can be asked, over HTTP, in process, or by a stick."""

from typing import Protocol

from fsmobile.protocol.messages import EnrolAnswer, EnrolRequest


class RegistryApi(Protocol):
    """The registry as a laptop sees it. One contract suite runs on every implementation."""

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Make a laptop known.

        Raises:
            RegistryUnreachable: no answer that is the registry's.
        """
        ...

    def sync(self, envelope: bytes) -> bytes:
        """Exchange one sealed `SyncRequest` for a sealed `Answered`.

        Raises:
            RegistryUnreachable: no answer that is the registry's.
        """
        ...
