"""What holds for every test: a busy machine is no reason to fail."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("deadweight", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("deadweight")
