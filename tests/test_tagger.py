"""What is decided, on which words, and when a person is asked."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import model as models
from classify.linear import Linear
from classify.model import STANDINGS, Model, Weights
from classify.records import Decision, Program, Standing
from classify.tagger import MODEL_EVIDENCE, Reason, Tagger
from classify.taxonomy import load
from classify.texts import texts

TAXONOMY = load()
RULES = Tagger.of(TAXONOMY)
TRAINED = Tagger.of(TAXONOMY, models.load(models.default_path(), TAXONOMY))


def program(summary: str, name: str = "") -> Program:
    return Program("r-001", "r", 1, "", "", "", name, summary, "", "", "")


def decide(tagger: Tagger, summary: str, name: str = "") -> dict[str, Decision]:
    (tagging,) = tagger.tag([program(summary, name)])
    return {decision.tag: decision for decision in tagging.decisions}


def toy(weight: float, blend: Mapping[Standing, Weights]) -> Tagger:
    """A tagger whose model sees ibasho in the word 番屋, with `weight` as its logit."""
    return replace(
        RULES,
        model=Model(
            tags=("ibasho",),
            passage=Linear.of(
                ["w\t番屋"], [0], np.ones(1), np.array([[weight + 8, 0.0]]), np.array([-8.0, 0.0])
            ),
            provided=Linear.of([], [], np.ones(0), np.ones((0, 1)), np.array([30.0])),
            alone=Weights(0.0, 0.0, 0.0, 1.0, 0.0),
            blend=blend,
            rules_only=dict.fromkeys(STANDINGS, 0.5),
            band=(0.3, 0.7),
            made_from={},
        ),
    )


def blend_of(weight: float, **said: float) -> dict[Standing, Weights]:
    """The model's word counts by `weight`, and so much is added where rules speak."""
    return {kind: Weights(said.get(kind, 0.0), 0.0, 0.0, weight, 0.0) for kind in STANDINGS}


BLEND = blend_of(1.0, affirmed=4.0, present=4.0, ruled_out=-1.0)


def test_rules_and_model_that_agree_need_no_review() -> None:
    found = decide(toy(5.0, BLEND), "番屋を居場所とする")["ibasho"]
    assert (found.present, found.rule, found.review, found.reason) == (
        True, "present", False, "agree",
    )  # fmt: skip
    assert [(e.text, e.rule.split(".")[0]) for e in found.evidence] == [("居場所", "ibasho")]


def test_the_model_alone_rests_on_the_clause_where_it_sees_the_tag() -> None:
    found = decide(toy(5.0, BLEND), "食料を配る。\n番屋に寄れ、本を読める。")["ibasho"]
    assert (found.present, found.rule, found.reason) == (True, "silent", "model_only")
    assert [(e.text, e.rule) for e in found.evidence] == [("番屋に寄れ", MODEL_EVIDENCE)]


def test_where_the_model_sees_a_tag_elsewhere_than_the_rules_both_are_shown() -> None:
    found = decide(toy(5.0, BLEND), "居場所を開く。\n番屋に寄れる。")["ibasho"]
    assert [e.text for e in found.evidence] == ["居場所", "番屋に寄れる"]


def test_a_probability_in_the_band_asks_for_review() -> None:
    found = decide(toy(0.0, BLEND), "番屋に寄れる")["ibasho"]
    assert found.probability == pytest.approx(0.5)
    assert found.review
    assert found.reason in ("unsure", "disagree")


def test_rule_against_model_shows_as_disagreement() -> None:
    blend = blend_of(0.1, affirmed=0.9, present=0.9)
    found = decide(toy(-9.0, blend), "居場所を開く")["ibasho"]
    assert found.model is not None
    assert found.model < 0.5
    assert (found.rule, found.review, found.reason) == ("present", True, "disagree")


def test_without_a_model_the_reason_is_the_rules() -> None:
    assert decide(RULES, "居場所を開く")["ibasho"].reason == "rules_only"
    assert decide(RULES, "食料を配る")["ibasho"].reason == "rules_only"


def test_what_the_blend_decides_without_rules_rests_on_the_models_words() -> None:
    # The model by itself would not say so (0.27), with what rules are silent on it does.
    found = decide(toy(-1.0, blend_of(1.0, silent=2.0)), "食料を配る。\n番屋に寄れる。")["ibasho"]
    assert (found.present, found.rule) == (True, "silent")
    assert [e.text for e in found.evidence] == ["番屋に寄れる"]


def test_a_ruled_out_mention_shows_its_words_and_status() -> None:
    found = decide(RULES, "居場所づくりを検討する")["ibasho"]
    assert (found.present, found.status, found.reason) == (False, "considered", "ruled_out")
    assert [e.text for e in found.evidence] == ["居場所"]


def test_an_implied_tag_rests_on_the_words_of_the_tag_that_implies_it() -> None:
    silent = replace(
        RULES,
        rules=replace(
            RULES.rules, rules=tuple(r for r in RULES.rules.rules if r.tag != "consultation")
        ),
    )
    found = decide(silent, "LINEによる相談を行う")
    assert found["sns_consultation"].present
    assert found["consultation"].reason == "implied"
    assert found["consultation"].evidence == found["sns_consultation"].evidence


def test_a_tag_in_the_name_counts() -> None:
    found = decide(RULES, "委託により実施する", name="女性の居場所づくり事業")["ibasho"]
    assert found.present
    assert [(e.field, e.start, e.end) for e in found.evidence] == [("program", 3, 6)]


def test_a_tag_the_model_does_not_know_is_left_to_the_rules() -> None:
    found = decide(toy(5.0, BLEND), "生理用品を配布する")["sanitary_products"]
    assert (found.present, found.model) == (True, None)


def test_a_tag_that_nothing_can_tell_is_asked_for() -> None:
    others = tuple(rule for rule in RULES.rules.rules if rule.tag != "ibasho")
    blind = replace(RULES, rules=replace(RULES.rules, rules=others))
    found = decide(blind, "居場所を開く")
    assert (found["ibasho"].present, found["ibasho"].review) == (False, True)
    assert not found["surveys"].review


def test_an_empty_summary_has_no_tags() -> None:
    assert not any(d.present for d in decide(TRAINED, "").values())


PIECES = st.sampled_from(
    [
        "居場所",
        "を",
        "検討する",
        "提供する",
        "。",
        "\n",
        "　",
        "🩸",
        "ｶﾌｪ",
        "（",
        "）",
        "相談",
        "①",
        "𠮷",
    ]
)


@settings(deadline=None, max_examples=100)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_evidence_is_to_the_letter_and_no_tag_is_without_it(summary: str) -> None:
    for decision in decide(TRAINED, summary).values():
        assert decision.evidence or not decision.present
        for item in decision.evidence:
            assert summary[item.start : item.end] == item.text
            assert item.text.strip()
        for one, other in combinations(decision.evidence, 2):
            inside = one.start <= other.start and other.end <= one.end
            assert one.field != other.field or not inside
        assert 0.0 <= decision.probability <= 1.0


def test_the_same_text_gives_the_same_decision_whatever_came_before() -> None:
    first = next(TRAINED.tag([program("居場所を開く")]))
    after = list(TRAINED.tag([program("LINE相談"), program("居場所を開く")]))[1]
    assert first == after


def test_a_summary_over_the_analysers_limit_is_tagged_to_its_end() -> None:
    summary = "地域の実情に応じて支援する。" * 4000 + "生理用品を配布する。"
    found = decide(TRAINED, summary)["sanitary_products"]
    assert found.present
    assert found.evidence[0].start == summary.index("生理用品")


def test_the_model_that_travels_was_made_from_this_taxonomy() -> None:
    trained = models.load(models.default_path(), TAXONOMY)
    assert trained.made_from["taxonomy"] == TAXONOMY.digest
    assert Path(models.default_path()).stat().st_size < 8_000_000


def test_every_reason_has_its_words_in_both_languages() -> None:
    reasons = {*get_args(Reason), "settled"}
    for language in ("ja", "en"):
        assert set(texts()[language]["reasons"]) == reasons
