"""pcmfa-lint: finds Partner Center integrations that Microsoft's MFA enforcement will cut off."""

__version__ = "0.1.0"
