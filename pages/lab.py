"""The Live Lab: drag λ, and everything that was trained for it moves with the hand."""

from wd_core.ui import lab
from wd_core.ui.page import enter, unseen_title

entered = enter("lab")
unseen_title("Weight Decay Lab: the Live Lab")
lab.show(entered)
