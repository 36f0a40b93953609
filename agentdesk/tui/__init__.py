"""The screens: everything that draws, built on Textual."""
