"""The small vocabulary that every room shares. Imports nothing of ours."""
