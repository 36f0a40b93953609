"""Texts in Chinese (zh-CN), one module per area."""
