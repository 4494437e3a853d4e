"""A page left open overnight: its next fragment leads to the sign-in and back to the page."""


def test_a_fragment_sends_the_whole_page_to_the_sign_in(visit, town):
    headers = {"hx-request": "true", "hx-current-url": "http://issy.localhost:8000/merchant/boulangerie/?day=1"}
    answer = visit().get("/merchant/boulangerie/", headers=headers)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fmerchant%2Fboulangerie%2F"


def test_a_page_goes_there_as_usual(visit, town):
    assert visit().get("/merchant/boulangerie/").status_code == 302


def test_a_foreign_page_is_not_gone_back_to(visit, town):
    headers = {"hx-request": "true", "hx-current-url": "https://evil.example//x"}
    assert "evil" not in visit().get("/hub/", headers=headers)["HX-Redirect"]
