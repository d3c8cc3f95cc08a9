"""A tenant that the kit takes for a real one, to see what it then asks of a person."""

from __future__ import annotations

import dataclasses

from kit.tenant.client import Tenant
from kit.tenant.clouds import Cloud


class LooksReal(Tenant):
    """The simulated tenant, taken for a real one."""

    def __init__(self, tenant: Tenant) -> None:
        self.__dict__.update(tenant.__dict__)

    @property
    def cloud(self) -> Cloud:
        return dataclasses.replace(super().cloud, simulated=False)
