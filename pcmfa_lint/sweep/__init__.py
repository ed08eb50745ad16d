"""Many repositories at once: an inventory of the estate, a playbook, and a SARIF file for each."""
