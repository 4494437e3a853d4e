"""Pictures of strangers: read by their content, stripped, turned, small, and never a surprise."""

import struct
import zlib
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.files.storage import FileSystemStorage
from django.template import Context, Template
from django.utils import translation
from PIL import Image, ImageCms

from parvis.core import pictures
from parvis.core.errors import Refusal
from parvis.core.pictures import clean_picture, delete_picture, make_copies, sized


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def saved(image, kind="JPEG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    out.seek(0)
    return out


def cleaned(file):
    result = clean_picture(file)
    assert result.name.endswith(".webp")
    picture = Image.open(BytesIO(result.read()))
    assert picture.format == "WEBP"
    return picture


KINDS = ["JPEG RGB", "JPEG L", "JPEG CMYK", "PNG RGBA", "PNG P", "PNG I;16", "WEBP RGB", "GIF P"]


@pytest.mark.parametrize(("kind", "mode"), [kind.split() for kind in KINDS])
def test_pictures_of_all_usual_kinds_become_small_webp(kind, mode):
    picture = cleaned(saved(Image.new(mode, (1600, 1200)), kind))
    assert picture.size == (800, 600)


def test_a_small_picture_is_not_blown_up():
    assert cleaned(saved(Image.new("RGB", (120, 90)))).size == (120, 90)


def test_the_camera_leaves_no_trace():
    exif = Image.Exif()
    exif[0x010F] = "Parvisphone"  # maker
    exif[0x0132] = "2026:11:26 10:00:00"
    exif.get_ifd(0x8825)[2] = (48.0, 49.0, 26.0)  # where it was taken
    data = saved(Image.new("RGB", (400, 300), "#edb13a"), exif=exif, comment=b"Camille")
    assert b"Parvisphone" in data.getvalue()
    result = clean_picture(data).read()
    assert b"Parvisphone" not in result
    assert b"Camille" not in result
    with Image.open(BytesIO(result)) as picture:
        assert not picture.getexif()
        assert not {"exif", "icc_profile", "xmp"} & set(picture.info)


def test_a_picture_held_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    image = Image.new("RGB", (400, 200), "#000")
    image.paste("#fff", (0, 0, 200, 200))
    picture = cleaned(saved(image, exif=exif))
    assert picture.size == (200, 400)
    assert picture.convert("L").getpixel((100, 20)) > 200, "what was left is now on top"


def test_colours_of_a_wide_camera_are_brought_to_srgb():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert cleaned(saved(Image.new("RGB", (60, 60), "#b4432b"), icc_profile=profile)).size == (60, 60)
    assert cleaned(saved(Image.new("RGB", (60, 60), "#b4432b"), icc_profile=b"no profile")).size == (60, 60)


def test_transparency_stays():
    picture = cleaned(saved(Image.new("RGBA", (50, 50), (180, 67, 43, 0)), "PNG"))
    assert picture.mode == "RGBA"
    assert picture.getpixel((20, 20))[3] == 0


def png_bomb(width, height):
    """A PNG of a few bytes whose header promises a wall."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "file",
    [
        BytesIO(b""),
        BytesIO(b"hello, I am text called photo.jpg"),
        BytesIO(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        BytesIO(b"%PDF-1.7 not a picture"),
        BytesIO(saved(Image.new("RGB", (400, 300)), "PNG").getvalue()[:60]),
        BytesIO(b"\xff\xd8\xff\xe0" + b"\x00" * 200),
        saved(Image.new("RGB", (40, 30)), "TIFF"),
        saved(Image.new("RGB", (40, 30)), "BMP"),
    ],
    ids=["empty", "text", "svg", "pdf", "cut off", "only a start", "tiff", "bmp"],
)
def test_what_is_no_picture_is_refused_with_a_sentence(file):
    with pytest.raises(Refusal, match="We cannot read this file as a picture"):
        clean_picture(file)


@pytest.mark.parametrize("size", [(60_000, 60_000), (10_000, 5_001), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_not_unfolded(size):
    with pytest.raises(Refusal, match=r"larger than 50 megapixels|cannot read this file"):
        clean_picture(png_bomb(*size))


def test_too_heavy(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 1000)
    with pytest.raises(Refusal, match="heavier than 15 MB"):
        clean_picture(BytesIO(b"x" * 1001))


def test_copies_for_each_screen_and_browser(tmp_path):
    storage = FileSystemStorage(tmp_path)
    name = storage.save(
        "goods/x_1200x900.webp", clean_picture(saved(Image.new("RGB", (2400, 1800), "#0E5A4A")), side=1200, sized=True)
    )
    make_copies(storage, name)
    known = sized(name)
    assert (known.width, known.height, known.widths) == (1200, 900, [320, 640, 960])
    for suffix, kind in (("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")):
        for width in known.widths:
            with Image.open(tmp_path / known.copy(width, suffix)) as copy:
                assert (copy.format, copy.size) == (kind, (width, width * 3 // 4))
    delete_picture(storage, name)
    assert list((tmp_path / "goods").iterdir()) == [], "nothing is left behind"


def test_a_small_picture_has_one_copy_of_its_own_size(tmp_path):
    storage = FileSystemStorage(tmp_path)
    small = clean_picture(saved(Image.new("RGB", (200, 100)), "PNG"), side=1200, sized=True)
    assert small.name.endswith("_200x100.webp")
    make_copies(storage, storage.save(small.name, small))
    assert sized(small.name).widths == [200]
    assert len(list(tmp_path.iterdir())) == 4


def test_what_is_transparent_lies_on_paper(tmp_path):
    storage = FileSystemStorage(tmp_path)
    file = BytesIO()
    Image.new("RGBA", (400, 400), (0, 0, 0, 0)).save(file, "PNG")
    file.seek(0)
    name = storage.save("x_400x400.webp", clean_picture(file, sized=True))
    make_copies(storage, name)
    with Image.open(tmp_path / sized(name).copy(320, "jpg")) as copy:
        assert all(abs(a - b) < 4 for a, b in zip(copy.getpixel((10, 10)), (247, 244, 238), strict=True))


def test_an_older_picture_is_drawn_as_it_is(tmp_path):
    storage = FileSystemStorage(tmp_path, base_url="/media/")
    make_copies(storage, "old.webp")
    assert sized("old.webp") is None
    file = SimpleNamespace(name="old.webp", url="/media/old.webp", storage=storage)
    assert Template('{% picture file "50vw" %}').render(Context({"file": file})).count("<source") == 0
    file = SimpleNamespace(name="new_1200x900.webp", url="/media/new_1200x900.webp", storage=storage)
    drawn = Template('{% picture file "50vw" %}').render(Context({"file": file}))
    assert '<source type="image/avif" srcset="/media/new_1200x900-320.avif 320w, ' in drawn
    assert 'src="/media/new_1200x900-640.jpg"' in drawn
    assert 'width="1200" height="900"' in drawn
    assert 'loading="lazy"' in drawn
