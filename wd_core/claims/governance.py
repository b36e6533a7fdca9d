"""Decay for compliance, governance and cost: the card of a claim that cannot be tested here."""

from wd_core.claims._claim import Claim

CLAIM = Claim(
    number=36,
    name="governance",
    sources=("S4",),
    says="Weight decay helps with compliance, governance, life-cycle and costs.",
    literature="Sculley et al. (*Hidden Technical Debt in Machine Learning Systems*, NeurIPS 2015) describe where the "
    "costs of a model in use come from: data, dependencies, feedback; regularisation is not among them. What law asks "
    "of a model (in the EU, Regulation 2024/1689) is documentation, oversight and measured accuracy and robustness. "
    "The part of the claim that can be measured, a lighter model, is on trial by itself.",
    untestable="It is about law, organisation and money. No training run has a regulator, an owner or an invoice in "
    "it, so no difference between two runs could speak for or against. A study of firms could; this app cannot.",
)
