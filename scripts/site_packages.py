#!/usr/bin/env python3
"""Prints where the packages of the environment that runs this are."""

import sysconfig

print(sysconfig.get_path("purelib"))
