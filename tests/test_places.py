"""Places: prefectures, municipalities, and the names under which releases write them."""

from __future__ import annotations

import pytest

from classify import places


def test_prefectures_stand_in_jis_order() -> None:
    found = places.prefectures()
    assert len(found) == 47
    assert [found[0].prefecture, found[12].prefecture, found[46].prefecture] == [
        "北海道",
        "東京都",
        "沖縄県",
    ]
    assert [place.code[:2] for place in found] == [f"{n:02d}" for n in range(1, 48)]


def test_every_code_ends_with_its_check_digit() -> None:
    assert all(p.code[5] == places.check_digit(p.code[:5]) for p in places.places())


@pytest.mark.parametrize(
    ("body", "prefecture", "code"),
    [
        ("札幌市", "", "011002"),
        ("北海道札幌市", "", "011002"),
        ("北海道", "", "010006"),
        ("札 幌 市", "", "011002"),
        ("日野町", "滋賀県", "253839"),
        ("日野町", "鳥取県", "314021"),
        ("日野町", "鳥取", "314021"),
        ("鳥取県日野町", "", "314021"),
        ("滋賀県蒲生郡日野町", "", "253839"),
        ("蒲生郡日野町", "滋賀県", "253839"),
        ("府中市", "東京都", "132063"),
        ("竜ヶ崎市", "", "082082"),
        ("龍ヶ崎市", "", "082082"),
        ("龍ケ崎市", "茨城県", "082082"),
        ("四条畷市", "", "272299"),
        ("横浜市鶴見区", "神奈川県", "141003"),
        ("千代田区", "", "131016"),
        ("札幌市役所", "", "011002"),
        ("札幌市（保健福祉局）", "", "011002"),
        ("札幌市社会福祉協議会", "", ""),
        ("日野町", "", ""),
        ("札幌市", "青森県", ""),
        ("", "", ""),
    ],
)
def test_a_body_is_found_under_its_names(body: str, prefecture: str, code: str) -> None:
    place = places.find(body, prefecture)
    assert (place.code if place else "") == code


def test_a_prefecture_alone_names_itself() -> None:
    assert places.find("滋賀県") == places.Place("250007", "滋賀県", "")


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("11002", "札幌市"),
        ("1100", "札幌市"),
        ("131164", "豊島区"),
        ("13116", "豊島区"),
        ("999999", ""),
    ],
)
def test_a_code_is_read_with_lost_zero_or_check_digit(printed: str, name: str) -> None:
    place = places.of_code(printed)
    assert (place.name if place else "") == name
