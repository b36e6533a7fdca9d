"""A game with a score: one λ for three data sets, then the test part."""

from wd_core.ui import game
from wd_core.ui.page import enter

enter("game")
game.show()
