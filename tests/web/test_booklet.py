"""The booklet's page, its PDF and its photos: for whom when, with what headers; nothing that somebody wrote runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.services.booklets import DAY, PICTURE, a_face, adopted, file_of, nominated, spoken
from tests.services.stage import ELECTION, START, Stage, a_stage
from tests.web.browser import AT, Someone, application, words

PAGE, PDF = f"{AT}/booklet", f"{AT}/booklet.pdf"
PHOTO = f"{AT}/photos/zoe-{PICTURE.digest.hex()}.jpg"
EVERYBODY = ("", "m1", "m5", "officer", "secretary", "registrar", "t1")


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Stage]:
    """Nominations are going on; those who stand have said what they say."""
    with a_stage(tmp_path) as made:
        nominated(made)
        spoken(made)
        yield made


def someone(stage: Stage, member: str, app: Flask | None = None) -> Someone:
    made = Someone(app or application(stage), stage)
    return made.let_in(member) if member else made


def statuses(stage: Stage, *addresses: str) -> list[dict[str, int]]:
    app = application(stage)
    people = {who: someone(stage, who, app) for who in EVERYBODY}
    return [{who: one.get(address).status_code for who, one in people.items()} for address in addresses]


def test_who_sees_what_in_each_phase(told: Stage) -> None:
    nobody = dict.fromkeys(EVERYBODY, 404)
    members = dict.fromkeys(EVERYBODY, 200) | {"": 404}
    everybody = dict.fromkeys(EVERYBODY, 200)

    assert statuses(told, PAGE, PDF, PHOTO) == [nobody, nobody, members]
    adopted(told)
    assert statuses(told, PAGE, PDF, PHOTO) == [members, members, members]
    told.freeze()
    assert statuses(told, PAGE, PDF, PHOTO) == [everybody, everybody, everybody]
    told.announce()
    told.open()
    assert statuses(told, PAGE, PDF, PHOTO) == [everybody, everybody, everybody]


def test_what_members_alone_see_is_kept_by_no_cache_of_others(told: Stage) -> None:
    adopted(told)
    member = someone(told, "m5")

    seen = {address: member.get(address).headers for address in (PAGE, PDF, PHOTO)}

    assert seen[PAGE]["Cache-Control"] == seen[PDF]["Cache-Control"] == "no-store"
    assert seen[PHOTO]["Cache-Control"] == "private, max-age=3600, immutable"
    assert "Cookie" in seen[PHOTO]["Vary"]
    assert "For members alone" in words(member.get(PAGE))


def test_a_photo_that_everybody_sees_is_kept_for_ever_at_an_address_of_its_own(told: Stage) -> None:
    adopted(told)
    told.freeze()
    anybody = someone(told, "")

    photo = anybody.get(PHOTO)
    again = anybody.client.get(PHOTO, headers={"If-None-Match": photo.headers["ETag"]})

    assert photo.data == PICTURE.jpeg
    assert photo.headers["Content-Type"] == "image/jpeg"
    assert photo.headers["X-Content-Type-Options"] == "nosniff"
    assert photo.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert photo.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Set-Cookie" not in photo.headers
    assert (again.status_code, again.data) == (304, b"")
    for other in (PHOTO.replace("zoe-", "emile-"), PHOTO.replace(PICTURE.digest.hex(), "00" * 32), PHOTO[:-5] + ".jpg"):
        assert anybody.get(other).status_code == 404


def test_nothing_that_somebody_wrote_runs(told: Stage) -> None:
    adopted(told)
    told.freeze()

    page = someone(told, "").get(PAGE).text

    assert "I &lt;script&gt;alert(1)&lt;/script&gt; listen." in page
    assert "Zoë &lt;b&gt;Otieno" in page
    assert "At large &lt;i&gt;" in page
    assert "Travel, 2024 &lt;b&gt;" in page
    assert 'alt="Zoë &#34;laughs&#34;"' in page
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


def test_the_page_says_in_which_language_and_direction(told: Stage) -> None:
    adopted(told)
    told.freeze()

    page = someone(told, "").get(PAGE)

    assert '<div class="said" lang="ar" dir="rtl"><p>أنا أستمع أولاً، ثم أتكلم.</p><p>' in page.text
    assert '<h4 lang="ar" dir="rtl">العربية</h4>' in page.text
    assert '<div class="said" lang="zh" dir="ltr"><p>我会倾听。</p></div>' in page.text
    said = words(page)
    assert "On the ballot the order is shuffled anew for each voter." in said
    assert "محمد الفاتح Elected without a vote Nominated by Member 6 Seconded by Member 5 , Member 8" in said
    assert "Yes: Travel, 2024 <b>" in said
    assert "Nobody's 1 place. Nobody stands." in said
    assert said.index("Émile Petit Nominated") < said.index("Zoë <b>Otieno Nominated") < said.index("李小龙 Nominated")


def test_photos_come_late_with_their_size_and_the_contents_lead_to_each(told: Stage) -> None:
    adopted(told)
    told.freeze()

    page = someone(told, "").get(PAGE).text

    images = re.findall(r"<img[^>]*>", page)
    assert len(images) == 2
    assert all('loading="lazy"' in one and 'width="480"' in one and 'height="' in one for one in images)
    ids = re.findall(r'\bid="([^"]+)"', page)
    links = re.findall(r'href="#([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)
    assert {"board", "lived", "empty", "board-zoe", "board-emile", "board-c", "lived-muhammad"} <= set(links)


def test_the_pdf_is_a_file_of_a_safe_name_and_made_once(told: Stage) -> None:
    adopted(told)
    told.freeze()
    anybody = someone(told, "")

    file = anybody.get(PDF)
    again = anybody.client.get(PDF, headers={"If-None-Match": file.headers["ETag"]})

    assert file.data.startswith(b"%PDF-")
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"] == f'inline; filename="{ELECTION}.candidates.pdf"'
    assert again.status_code == 304


def test_the_pages_lead_to_it_and_the_candidates_page_has_the_photo(told: Stage) -> None:
    adopted(told)
    told.freeze()
    anybody = someone(told, "")

    assert f'href="{PAGE}"' in anybody.get(AT).text
    own = anybody.get(f"{AT}/candidates/zoe")
    assert f'src="{PHOTO}"' in own.text
    assert f'href="{PAGE}"' in own.text
    assert "Is elected without a vote in Advisory group 2026 : Lived experience ." in words(
        anybody.get(f"{AT}/candidates/muhammad")
    )
    assert "<img" not in anybody.get(f"{AT}/candidates/emile").text


# ---- giving one ------------------------------------------------------------------------------------------------------

GIVE = f"{AT}/candidates/zoe/photo"


def test_a_candidate_gives_a_photo_sees_it_and_takes_it_away(told: Stage) -> None:
    zoe = someone(told, "m1")
    exif = a_face().getexif()
    exif[0x0110] = "Fairphone 5"

    given = zoe.post(GIVE, {"file": file_of(a_face((900, 900)), exif=exif), "about": "Zoë <i>"})
    page = zoe.get(GIVE)

    assert (given.status_code, given.headers["Location"]) == (302, GIVE)
    found = re.search(r'<img class="photo" src="([^"]+)" width="480" height="480" alt="Zoë &lt;i&gt;"', page.text)
    assert found
    assert b"Fairphone" not in zoe.get(found[1]).data
    assert zoe.get(PHOTO).status_code == 404  # the one before

    assert zoe.post(f"{GIVE}/remove").status_code == 302
    assert zoe.get(found[1]).status_code == 404
    assert "There is no photo. Nobody needs one" in words(zoe.get(GIVE))


@pytest.mark.parametrize(
    ("data", "about", "status", "why"),
    [
        (b"<svg onload='alert(1)'/>", "A face", 422, "cannot be read as a photo"),
        (b"GIF89a" + bytes(50), "A face", 422, "cannot be read as a photo"),
        (b"", "A face", 422, "choose the file"),
        (file_of(a_face()), "", 422, "what the photo shows"),
        (file_of(a_face()), "x" * 201, 422, "at most 200 letters"),
    ],
    ids=["SVG", "GIF", "no file", "no description", "long description"],
)
def test_what_is_no_photo_is_refused_and_the_old_one_stays(
    told: Stage, data: bytes, about: str, status: int, why: str
) -> None:
    zoe = someone(told, "m1")

    answer = zoe.post(GIVE, {"file": data, "about": about})

    assert (answer.status_code, why in words(answer)) == (status, True)
    assert zoe.get(PHOTO).data == PICTURE.jpeg


def test_nothing_is_read_of_nine_megabytes(told: Stage) -> None:
    zoe = someone(told, "m1")

    answer = zoe.client.post(
        GIVE, data={"csrf_token": zoe.token()}, environ_overrides={"CONTENT_LENGTH": str(9 * 2**20)}
    )

    assert (answer.status_code, "too large" in words(answer)) == (413, True)
    assert zoe.get(PHOTO).data == PICTURE.jpeg


def test_only_the_candidate_and_officers_may(told: Stage) -> None:
    for who in ("m5", "secretary", "t1"):
        other = someone(told, who)
        assert other.get(GIVE).status_code == 403
        assert other.post(GIVE, {"file": file_of(a_face()), "about": "x"}).status_code == 403
        assert other.post(f"{GIVE}/remove").status_code == 403
    assert someone(told, "").post(GIVE, {"file": file_of(a_face()), "about": "x"}).status_code == 401
    assert someone(told, "m1").get(f"{AT}/candidates/nobody/photo").status_code == 403
    assert someone(told, "officer").get(f"{AT}/candidates/nobody/photo").status_code == 404


def test_once_acceptance_has_ended_an_officer_says_why(told: Stage) -> None:
    told.now = START - 4 * DAY
    zoe, officer = someone(told, "m1"), someone(told, "officer")
    sent = {"file": file_of(a_face((900, 900))), "about": "A face"}

    late = zoe.post(GIVE, sent)
    assert (late.status_code, "could be given until" in words(late)) == (409, True)
    assert "Give a photo" not in words(zoe.get(GIVE))
    silent = officer.post(GIVE, sent)
    assert (silent.status_code, "say why" in words(silent)) == (409, True)
    assert officer.post(f"{GIVE}/remove").status_code == 409
    assert officer.post(GIVE, {**sent, "why": "It was on its side."}).status_code == 302
    long = officer.post(f"{GIVE}/remove", {"why": "a" * 2001})
    assert (long.status_code, "A reason has at most 2000 letters." in long.text) == (422, True)
    assert officer.post(f"{GIVE}/remove", {"why": "It shows a child."}).status_code == 302
    log = words(officer.get(f"/officer/elections/{ELECTION}/log"))
    assert "took away the photo of zoe" in log
    assert "It shows a child." in log


def test_the_statement_leads_to_the_photo(told: Stage) -> None:
    assert f'href="{GIVE}"' in someone(told, "m1").get(f"{AT}/candidates/zoe/write").text
