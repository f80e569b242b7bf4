"""Which words give a mention which status, told by sentences that a person labelled."""

from pathlib import Path

import pytest

from classify.language import analyse
from classify.records import Vote
from classify.rules import check, compile_rules, standing, verdict
from classify.taxonomy import load

TOY = """\
version: "1"
tags:
  - id: room
    name: {ja: 部屋, en: Room}
    definition: {ja: 部屋がある, en: Has a room}
connectors: [等, の提供]
joints: [ほか]
cues:
  - {id: next, status: publicity, next: [の周知], yes: [部屋の周知], no: [周知と部屋]}
  - {id: prev, status: background, prev: [既存の], yes: [既存の部屋], no: [部屋と既存の窓口]}
  - {id: near, status: referral, near: [を紹介], unless: [を紹介しない], yes: [部屋を紹介], no: [部屋と、窓口を紹介]}
  - {id: after, status: considered, after: [検討], yes: [部屋と窓口を検討], no: [部屋を開き、検討する]}
  - {id: sentence, status: ended, sentence: [全て終了], yes: [部屋を開き、全て終了], no: [部屋を開く。全て終了]}
  - {id: before, status: background, before: [県が], yes: [県が続ける部屋], no: [県が動き、部屋を開く]}
  - {id: heading, status: considered, heading: [今後], yes: ["【今後】\\n・部屋"], no: ["部屋\\n今後"]}
  - {id: said, status: provided, end: [開放する], yes: [部屋を開放する], no: [部屋を開く]}
  - {id: item, status: provided, closing: true, yes: [部屋等], no: [部屋で会う]}
rules:
  - {id: room, tag: room, phrases: [部屋, 和室…開放], unless: [部屋着], yes: [部屋], no: [部屋着]}
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("toy") / "taxonomy.yaml"
    path.write_text(TOY, encoding="utf-8")
    return path


def votes(path: Path, text: str) -> list[tuple[str, str, str]]:
    return [
        (text[vote.span.start : vote.span.end], vote.status, vote.cue)
        for vote in compile_rules(load(path)).votes_on(analyse(text))
    ]


def test_each_place_of_a_cue_bears_where_its_sentences_say(toy: Path) -> None:
    taxonomy = load(toy)
    assert check(compile_rules(taxonomy), taxonomy) == []


def test_a_sentence_that_does_not_hold_is_told_with_its_votes(tmp_path: Path) -> None:
    path = tmp_path / "taxonomy.yaml"
    path.write_text(TOY.replace("yes: [部屋], no: [部屋着]", "yes: [部屋着]"), encoding="utf-8")
    taxonomy = load(path)
    assert [str(fault) for fault in check(compile_rules(taxonomy), taxonomy)] == [
        f"{path}: room: its yes sentence '部屋着' does not hold (votes: none). "
        "Mend the phrases or the sentence"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("部屋を開く", [("部屋", "provided", "")]),
        ("部屋等の提供の周知", [("部屋", "publicity", "next")]),
        ("部屋（和）の周知", [("部屋", "publicity", "next")]),
        ("部屋を紹介しない", [("部屋", "provided", "")]),
        ("部屋を開くほか、窓口を検討", [("部屋", "provided", "")]),
        ("部屋を検討。部屋を開く", [("部屋", "considered", "after"), ("部屋", "provided", "")]),
        ("和室を夜まで開放する", [("和室を夜まで開放", "provided", "")]),
        ("窓口を開く", []),
    ],
)
def test_mentions_take_their_status_from_their_surroundings(
    toy: Path, text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert votes(toy, text) == expected


def test_the_first_cue_that_fits_decides(toy: Path) -> None:
    assert votes(toy, "既存の部屋の周知") == [("部屋", "publicity", "next")]


def test_one_provided_mention_outweighs_those_ruled_out(toy: Path) -> None:
    book = compile_rules(load(toy))
    found: tuple[Vote, ...] = book.votes_on(analyse("部屋の周知。部屋を開く"))
    assert standing(found, "room") == "present"
    assert standing(found[:1], "room") == "ruled_out"
    assert standing((), "room") == "silent"


def test_words_beside_a_mention_can_affirm_it(toy: Path) -> None:
    book = compile_rules(load(toy))
    assert standing(book.votes_on(analyse("部屋を開放する")), "room") == "affirmed"
    assert verdict("affirmed") == "present"


GUIDELINES = [
    ("居場所づくりについても検討する", "ibasho", "ruled_out"),
    ("SNSで周知する", "sns_consultation", "silent"),
    ("LINEによる相談を実施する", "sns_consultation", "present"),
    ("SNSや電話等での相談窓口を設置する", "sns_consultation", "present"),
    ("必要に応じて同行する", "accompaniment", "present"),
    ("関係機関につなぐ", "accompaniment", "silent"),
    ("相談時間の拡充", "consultation", "present"),
    ("相談窓口のカードを配布する", "consultation", "ruled_out"),
    ("必要に応じて相談窓口につなぐ", "consultation", "ruled_out"),
    ("【例示】\n・アウトリーチ型支援（訪問支援）", "outreach", "present"),
    ("相談員向け研修を行う", "training", "present"),
    ("女性のためのキャリア講座を開く", "training", "silent"),
    ("相談内容の整理・分析", "surveys", "present"),
    ("意見交換会を開催する", "surveys", "silent"),
    ("巡回相談は昨年度で廃止した", "outreach", "ruled_out"),
]


@pytest.mark.parametrize(("text", "tag", "expected"), GUIDELINES)
def test_what_the_guidelines_rule_holds_in_the_built_in_taxonomy(
    text: str, tag: str, expected: str
) -> None:
    book = compile_rules(load())
    assert verdict(standing(book.votes_on(analyse(text)), tag)) == expected


def test_an_open_bracket_that_never_closes_leads_nowhere() -> None:
    (vote,) = compile_rules(load()).votes_on(analyse("検討。居場所（談話室"))
    assert (vote.tag, vote.status) == ("ibasho", "provided")
