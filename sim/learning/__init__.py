"""How the sign's score was learned: from recorded and generated people, by the firmware's own code.

Needs numpy, numba and catboost, which the project itself does not.
"""
