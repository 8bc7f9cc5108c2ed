"""The central registry: orders, stores and hands out ops."""
