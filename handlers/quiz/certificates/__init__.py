"""Certificates: issued for a pass, signed so that anybody can check them, revoked with a reason."""
