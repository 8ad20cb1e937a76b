"""Layouts: who composed what, which files are one piece, and whose split it is."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from antiphon.errors import CorpusError
from antiphon_training.corpora.corpus import Corpus, load_corpus
from antiphon_training.corpora.split import split_corpora

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Path]

pytestmark = pytest.mark.train

SONG = Path(__file__).parents[2] / "data" / "songs" / "lc6019054.mid"
OTHER = SONG.with_name("lc6158825.mid")
MAESTRO = (
    "canonical_composer,canonical_title,split,year,midi_filename,audio_filename,duration\n"
    'Alban Berg,"Sonata Op. 1, in B",train,2018,2018/one.midi,2018/one.wav,10.5\n'
    "Frédéric Chopin,Étude,validation,2008,2008/two.midi,2008/two.wav,10.5\n"
    "Franz Schubert / Franz Liszt,Ave Maria,test,2008,2008/three.midi,2008/three.wav,300.0\n"
    "Alban Berg,Gone,train,2018,2018/gone.midi,2018/gone.wav,10.5\n"
)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a folder of files that are all different pieces, each a little longer."""

    def folder(*files: str, name: str = "music") -> Path:
        for number, file in enumerate(files):
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SONG, path)
            # What follows the last chunk is not read: other content, the same music.
            path.write_bytes(path.read_bytes() + bytes([number]))
        return tmp_path / name

    return folder


def load(folder: Path, **how: object) -> Corpus:
    return load_corpus(folder, cache=folder.parent / "cache", **how)  # type: ignore[arg-type]


def sides(corpus: Corpus, valid_share: float = 0.5) -> dict[str, set[str]]:
    (split,) = split_corpora([corpus], valid_share)
    return {
        side: {corpus.files[index] for index in getattr(split, side)}
        for side in ("train", "valid", "heldout")
    }


class TestMaestro:
    @pytest.fixture
    def maestro(self, make: Make) -> Path:
        folder = make("2018/one.midi", "2008/two.midi", "2008/three.midi", "2004/unlisted.midi")
        (folder / "maestro-v3.0.0.csv").write_text(MAESTRO, encoding="utf-8")
        (folder / "LICENSE").write_text("Creative Commons BY-NC-SA 4.0\n")
        return folder

    def test_its_own_split_is_kept_and_the_rest_is_split_as_ever(self, maestro: Path) -> None:
        corpus = load(maestro)
        assert corpus.layout == "MAESTRO's (maestro-v3.0.0.csv)"
        assert dict(zip(corpus.files, corpus.own_split, strict=True)) == {
            "2004/unlisted.midi": None,
            "2008/three.midi": "heldout",
            "2008/two.midi": "valid",
            "2018/one.midi": "train",
        }
        for share, side in ((0.0, "train"), (1.0, "valid")):
            expected = {
                "train": {"2018/one.midi"}, "valid": {"2008/two.midi"},
                "heldout": {"2008/three.midi"},
            }  # fmt: skip
            expected[side].add("2004/unlisted.midi")
            assert sides(corpus, share) == expected

    def test_composers_titles_and_what_does_not_fit(self, maestro: Path) -> None:
        corpus = load(maestro)
        assert corpus.composers == (
            None, "Franz Schubert / Franz Liszt", "Frédéric Chopin", "Alban Berg",
        )  # fmt: skip
        assert corpus.titles == (None, "Ave Maria", "Étude", "Sonata Op. 1, in B")
        assert corpus.missing == 1
        assert [(r.file, r.text) for r in corpus.remarks] == [
            ("2008/three.midi", "lasts 10 s where its table says 300 s")
        ]

    @pytest.mark.parametrize("name", ["Chopin", "frederic chopin", "CHOPIN, Frédéric"])
    def test_a_composer_is_found_by_any_part_of_his_name(self, maestro: Path, name: str) -> None:
        assert load(maestro, composers=[name]).files == ("2008/two.midi",)

    def test_two_composers_and_none(self, maestro: Path) -> None:
        assert load(maestro, composers=["liszt", "Berg"]).files == (
            "2008/three.midi", "2018/one.midi",
        )  # fmt: skip
        with pytest.raises(CorpusError, match=r"Nothing in .* is by Satie; it has music by .*Berg"):
            load(maestro, composers=["Satie"])

    def test_a_table_of_something_else_is_a_sentence(self, maestro: Path) -> None:
        (maestro / "maestro-v3.0.0.csv").write_text("midi_filename\n2008/two.midi\n")
        with pytest.raises(CorpusError, match="is no table of MAESTRO's"):
            load(maestro)
        (maestro / "maestro-v3.0.0.csv").write_bytes(b"\xff\xfe\0")
        with pytest.raises(CorpusError, match="cannot be read as a table"):
            load(maestro)

    def test_a_part_of_it_is_known_by_the_table_above(self, maestro: Path) -> None:
        corpus = load(maestro / "2008")
        assert corpus.layout == "MAESTRO's (maestro-v3.0.0.csv)"
        assert corpus.composers == ("Franz Schubert / Franz Liszt", "Frédéric Chopin")
        assert corpus.own_split == ("heldout", "valid")

    def test_the_folder_around_it_is_known_by_the_table_within(self, maestro: Path) -> None:
        around = maestro.parent / "around"
        (around / "Satie").mkdir(parents=True)
        maestro.rename(around / "maestro-v3.0.0")
        shutil.copyfile(OTHER, around / "Satie" / "own.mid")
        corpus = load(around)
        told = dict(zip(corpus.files, corpus.composers, strict=True))
        assert told["maestro-v3.0.0/2008/two.midi"] == "Frédéric Chopin"
        assert told["Satie/own.mid"] == "Satie"
        assert corpus.own_split[corpus.files.index("maestro-v3.0.0/2008/three.midi")] == "heldout"

    @pytest.mark.parametrize("columns", [True, False])
    def test_its_json_says_the_same(self, maestro: Path, columns: bool) -> None:
        expected = load(maestro)
        table = maestro / "maestro-v3.0.0.csv"
        with table.open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        table.unlink()
        by_column = {key: {str(i): row[key] for i, row in enumerate(rows)} for key in rows[0]}
        (maestro / "maestro-v3.0.0.json").write_text(json.dumps(by_column if columns else rows))
        found = load(maestro)
        assert found.layout == "MAESTRO's (maestro-v3.0.0.json)"
        assert (found.composers, found.titles) == (expected.composers, expected.titles)
        assert (found.own_split, found.groups) == (expected.own_split, expected.groups)
        (maestro / "maestro-v3.0.0.json").write_text("[1]")
        with pytest.raises(CorpusError, match="cannot be read as a table of MAESTRO's"):
            load(maestro)


class TestOtherCollections:
    def test_giantmidi_by_its_table_and_by_its_names(self, make: Make) -> None:
        names = (
            "Chopin, Frédéric, Études, Op.10, g0hoN6_HDVU",
            "Satie, Erik, Vexations, a1b2c3d4e5f",
        )
        folder = make(*(f"midis/{name}.mid" for name in names))
        corpus = load(folder)
        assert corpus.layout == "GiantMIDI's (names of files)"
        assert corpus.composers == ("Chopin, Frédéric", "Satie, Erik")
        assert corpus.titles == ("Études, Op.10", "Vexations")
        table = folder / "full_music_pieces_youtube_similarity_pianosoloprob_split.csv"
        rows = ["surname\tfirstname\tmusic\taudio_name\tsplit"]
        rows += [f"Chopin\tFrédéric\tÉtudes, Op.10\t{names[0]}\ttest", "Nobody\t\t\tgone\ttrain"]
        table.write_text("\n".join(rows) + "\n", encoding="utf-8")
        for place in (folder, folder / "midis"):
            corpus = load(place)
            assert corpus.layout == f"GiantMIDI's ({table.name})"
            assert corpus.composers == ("Chopin, Frédéric", "Satie, Erik")
            assert corpus.own_split == ("heldout", None)
            assert corpus.missing == 0

    def test_folders_of_lakhs_are_no_composers(self, make: Make) -> None:
        hashes = [f"{number:032x}" for number in range(4)]
        full = load(make(*(f"lmd_full/{h[-1]}/{h}.mid" for h in hashes), name="full"))
        assert full.layout == "Lakh's (a file is named by its content)"
        assert (set(full.composers), set(full.groups)) == ({None}, {None})
        song = "lmd_matched/A/B/C/TRABCDE128F1234567"
        matched = load(make(*(f"{song}/{h}.mid" for h in hashes[:2]), name="matched"))
        assert set(matched.groups) == {"lakh/TRABCDE128F1234567"}

    @pytest.mark.parametrize(
        ("name", "column"), [("a/one.mid", "path"), ("one.mid", "Filename"), ("one", "id")]
    )
    def test_a_plain_table_is_known_by_the_files_it_names(
        self, make: Make, name: str, column: str
    ) -> None:
        folder = make("a/one.mid", "b/two.mid")
        rows = f"{column},Composer,Title,year\n{name},Clara Schumann,Romance,1839\ntwo,,,\n"
        (folder / "pieces.csv").write_text(rows)
        corpus = load(folder)
        assert corpus.layout == "a folder with pieces.csv"
        assert corpus.composers == ("Clara Schumann", "b")
        assert corpus.titles == ("Romance", None)

    def test_a_table_that_names_no_file_is_told(self, make: Make) -> None:
        folder = make("a/one.mid", "b/two.mid")
        (folder / "notes.csv").write_text("pitch,step\n60,0.5\n62,0.5\n")
        corpus = load(folder)
        assert corpus.composers == ("a", "b")
        (remark,) = corpus.remarks
        assert remark.file == "notes.csv"
        assert "no column of it names the files here" in remark.text


class TestFolders:
    def test_folders_of_composers(self, make: Make) -> None:
        corpus = load(make("Bach/a.mid", "Bach/suite/b.mid", "Chopin/c.mid", "loose.mid"))
        assert corpus.layout == "composers' folders"
        assert corpus.composers == ("Bach", "Bach", "Chopin", None)
        assert load(corpus.folder, composers=["bach"]).files == ("Bach/a.mid", "Bach/suite/b.mid")

    @pytest.mark.parametrize(
        ("files", "of", "composers"),
        [
            (("chopin/a.mid", "bach/b.mid"), "", ("bach", "chopin")),
            (("archive/chopin/a.mid", "archive/bach/b.mid"), "", ("bach", "chopin")),
            (("one/chopin/a.mid", "two/beeth/b.mid", "two/Someone/c.mid"), "",
             ("chopin", "Someone", "beeth")),
            (("one/abba/a.mid", "one/queen/live/b.mid"), "", ("abba", "queen")),
            (("chopin/a.mid", "chopin/preludes/b.mid"), "chopin", ("chopin", "chopin")),
            (("Haydn, Joseph/quartets/a.mid", "Haydn, Joseph/trios/b.mid"), "Haydn, Joseph",
             ("Haydn, Joseph", "Haydn, Joseph")),
            (("chopin/a.mid", "mine/b.mid"), "mine", (None,)),
            (("2018/a.mid", "2019/b.mid"), "", (None, None)),
        ],
    )  # fmt: skip
    def test_composers_are_told_at_any_depth(
        self, make: Make, files: tuple[str, ...], of: str, composers: tuple[str | None, ...]
    ) -> None:
        assert load(make(*files) / of).composers == composers

    @pytest.mark.parametrize("name", ["Beethoven", "Ludwig van Beethoven", "beeth"])
    def test_the_short_names_of_collections_are_known(self, make: Make, name: str) -> None:
        folder = make("beeth/a.mid", "chopin/b.mid")
        if " " in name:
            with pytest.raises(CorpusError, match="music by beeth, chopin"):
                load(folder, composers=[name])
        else:
            assert load(folder, composers=[name]).files == ("beeth/a.mid",)

    def test_a_folder_of_an_unknown_name_is_believed_where_it_is_asked_for(
        self, make: Make
    ) -> None:
        folder = make("tunes/smith/old/a.mid", "tunes/more/b.mid")
        assert load(folder, composers=["Smith"]).composers == ("smith",)
        own = load(folder / "tunes" / "smith", composers=["smith"])
        assert (own.files, own.composers) == (("old/a.mid",), ("smith",))
        link = folder / "jones"
        link.symlink_to(folder / "tunes" / "more")
        assert load(link, composers=["jones"]).files == ("b.mid",)

    @pytest.mark.parametrize("name", ["Schröter", "schroter", "Schr\udcf6ter"])
    def test_a_name_that_is_not_utf_8_is_found_as_people_write_it(
        self, make: Make, name: str
    ) -> None:
        folder = make("Schr\udcf6ter/a.mid", "Bach/b.mid")
        assert load(folder, composers=[name]).files == ("Schr\udcf6ter/a.mid",)
        own = load(folder / "Schr\udcf6ter", composers=[name])
        assert own.composers == ("Schr\\xf6ter",)

    def test_any_takes_also_what_names_nobody(self, make: Make) -> None:
        folder = make("a.mid", "b.mid")
        with pytest.raises(CorpusError, match=r"name a composer; --composer any takes all\."):
            load(folder, composers=["Chopin"])
        assert load(folder, composers=["any"]).files == ("a.mid", "b.mid")

    def test_a_manifest_is_believed_before_the_folders(self, make: Make) -> None:
        folder = make("Bach/a.mid", "Bach/b.mid", "Bach/c.mid")
        (folder / "manifest.tsv").write_text(
            "file\tcomposer\ttitle\nBach/a.mid\tBach, C. P. E.\tSolfeggio\nBach/b.mid\t\n",
            encoding="utf-8",
        )
        corpus = load(folder)
        assert corpus.composers == ("Bach, C. P. E.", None, None)
        assert corpus.titles == ("Solfeggio", None, None)

    def test_a_manifest_without_composers_leaves_them_to_the_folders(self, make: Make) -> None:
        folder = make("Bach/a.mid")
        (folder / "manifest.tsv").write_text("file\ttitle\nBach/a.mid\tAir\n")
        assert load(folder).composers == ("Bach",)

    def test_songs_of_pop909_and_their_versions_are_one_piece(
        self, make: Make, save: Callable[..., Path], make_note: Callable[..., list[object]]
    ) -> None:
        folder = make("002/002.mid", "002/versions/002-v1.mid", "003/003.mid", "004/004.mid")
        names = ("MELODY", "BRIDGE", "PIANO")
        tracks = [(name, make_note(60 + i, 0, 480)) for i, name in enumerate(names)]
        for song in ("002/002.mid", "002/versions/002-v2.mid", "003/003.mid"):
            save(f"music/{song}", *tracks)
        corpus = load(folder)
        assert corpus.layout == (
            "POP909's (a folder a song); POP909's tracks MELODY, BRIDGE, PIANO"
        )
        assert set(corpus.composers) == {None}
        assert {name: corpus.tracks[name] for name in names} == dict.fromkeys(names, 3)
        for share in (0.2, 0.4, 0.6, 0.8):
            found = sides(corpus, share)
            of_song = [side for side, files in found.items() for f in files if f.startswith("002/")]
            assert len(of_song) == 3
            assert len(set(of_song)) == 1


class TestSamePiece:
    def test_the_same_content_under_two_names(self, make: Make) -> None:
        folder = make("a.mid", "b.mid", "c.mid")
        shutil.copyfile(folder / "a.mid", folder / "z.mid")
        (folder / "heldout.txt").write_text("z.mid\n")
        corpus = load(folder)
        assert [(r.file, r.text) for r in corpus.remarks] == [("z.mid", "is the same as a.mid")]
        assert sides(corpus, 0.0) == {
            "train": {"b.mid", "c.mid"}, "valid": set(), "heldout": {"z.mid"},
        }  # fmt: skip

    def test_one_name_with_two_suffixes(self, make: Make) -> None:
        corpus = load(make("a.mid", "a.midi", "b.mid"))
        assert corpus.groups == (None, "music/a.mid", None)
        assert corpus.remarks == ()


class TestManifestSplit:
    def test_a_split_that_names_validation_files_is_kept(self, make: Make) -> None:
        folder = make("a.mid", "b.mid", "c.mid")
        rows = "file\tsplit\na.mid\ttrain\nb.mid\tvalid\nc.mid\ttest\n"
        (folder / "manifest.tsv").write_text(rows)
        for share in (0.0, 1.0):
            assert sides(load(folder), share) == {
                "train": {"a.mid"}, "valid": {"b.mid"}, "heldout": {"c.mid"},
            }  # fmt: skip

    def test_one_that_only_holds_out_leaves_the_rest_to_us(self, make: Make) -> None:
        folder = make("a.mid", "b.mid", "c.mid")
        rows = "file\tsplit\na.mid\ttrain\nb.mid\ttrain\nc.mid\theldout\n"
        (folder / "manifest.tsv").write_text(rows)
        corpus = load(folder)
        assert corpus.own_split == (None, None, "heldout")
        assert sides(corpus, 0.0)["train"] == {"a.mid", "b.mid"}
        some = sides(corpus, 0.5)  # one of each, as there are only two
        assert len(some["train"]) == len(some["valid"]) == 1
        assert some["heldout"] == {"c.mid"}
