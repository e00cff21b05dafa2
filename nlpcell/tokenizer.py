"""Text to ids and back, by character or by subword, losing nothing."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from typing import Literal

from nlpcell.errors import BadModel

Kind = Literal["char", "unigram"]

PAD, UNKNOWN, START, END = 0, 1, 2, 3  # ids every tokenizer reserves

# SentencePiece writes a space as U+2581. A text that holds that very character would come back
# with a space in its place, so its three UTF-8 bytes are spelt as byte pieces instead.
SPACE_MARK = "\u2581"
LONGEST_SENTENCE = 4_096  # characters given to the learner at a time; only its memory depends on it


class Tokenizer:
    """SentencePiece (Kudo and Richardson 2018) with its rewriting switched off.

    Identity normalisation, no dummy prefix, spaces kept, byte fallback for what the alphabet
    lacks: `decode(encode(text)) == text` for every text.
    """

    def __init__(self, model: bytes) -> None:
        from sentencepiece import SentencePieceProcessor

        self.model = model
        try:
            if not model:
                raise RuntimeError("empty")
            self._pieces = SentencePieceProcessor(model_proto=model)
        except RuntimeError:
            raise BadModel("this tokenizer cannot be read") from None
        self._space_mark = [
            self._pieces.piece_to_id(f"<0x{byte:02X}>") for byte in SPACE_MARK.encode()
        ]

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        kind: Kind,
        vocabulary: int,
        labels: Sequence[str] = (),
        digits_apart: bool = False,
    ) -> Tokenizer:
        """Find the pieces of `texts`, at most `vocabulary` of them, and an id for each label.

        Labels become control symbols, which no text can spell. With `digits_apart` no piece holds
        more than one digit. One thread, so that the same texts give the same pieces. Raises
        ValueError when `texts` holds no character.
        """
        from sentencepiece import SentencePieceTrainer

        model = io.BytesIO()
        try:
            SentencePieceTrainer.train(
                sentence_iterator=slices(texts),
                model_writer=model,
                model_type=kind,
                vocab_size=vocabulary,
                hard_vocab_limit=False,
                character_coverage=0.99995,
                normalization_rule_name="identity",
                add_dummy_prefix=False,
                remove_extra_whitespaces=False,
                byte_fallback=True,
                split_digits=digits_apart,
                user_defined_symbols=["\n", "\t"] if kind == "char" else [],
                control_symbols=[label_piece(label) for label in labels],
                pad_id=PAD, unk_id=UNKNOWN, bos_id=START, eos_id=END,
                max_sentence_length=8 * LONGEST_SENTENCE,
                num_threads=1,
                minloglevel=2,
            )  # fmt: skip
        except RuntimeError as error:
            raise ValueError(f"no tokenizer can be learnt from this text: {error}") from error
        return cls(model.getvalue())

    def __len__(self) -> int:
        """How many ids there are."""
        return int(self._pieces.get_piece_size())

    def encode(self, text: str) -> list[int]:
        """The ids of a text, without START and END."""
        if SPACE_MARK not in text:
            return list(self._pieces.encode(text))
        ids: list[int] = []
        for position, part in enumerate(text.split(SPACE_MARK)):
            ids += self._space_mark if position else []
            ids += self._pieces.encode(part)
        return ids

    def encode_sampled(self, text: str, alpha: float) -> list[int]:
        """The ids of a segmentation drawn at random (Kudo 2018); smaller alpha, wilder cuts."""
        if SPACE_MARK in text:
            return self.encode(text)
        return list(self._pieces.encode(text, enable_sampling=True, alpha=alpha, nbest_size=-1))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids; control symbols (START, labels ...) vanish."""
        return str(self._pieces.decode([int(one) for one in ids]))

    def piece(self, one: int) -> str:
        """How the vocabulary spells an id."""
        return str(self._pieces.id_to_piece(one))

    def likelihood(self, text: str) -> float:
        """The logarithm of the probability of a text's pieces, were each drawn by itself.

        Minus infinity where a character is outside the vocabulary.
        """
        ids = self.encode(text)
        unknown = any(self._pieces.is_byte(one) for one in ids)
        return -math.inf if unknown else math.fsum(self._pieces.get_score(one) for one in ids)

    def byte(self, one: int) -> int | None:
        """The byte that a fallback piece stands for; None for any other id."""
        return int(self.piece(one)[3:5], 16) if self._pieces.is_byte(one) else None

    def label(self, label: str) -> int | None:
        """The id that conditions on a label; None when it was not learnt."""
        one = int(self._pieces.piece_to_id(label_piece(label)))
        return None if one == UNKNOWN else one


def seed_sampling(seed: int) -> None:
    """Make what `encode_sampled` draws from here on follow from `seed`, in every tokenizer."""
    from sentencepiece import set_random_generator_seed

    set_random_generator_seed(seed)


def label_piece(label: str) -> str:
    """How the vocabulary spells a label."""
    return f"<label:{label}>"


def slices(texts: Iterable[str]) -> Iterable[str]:
    """Texts cut to a length the learner takes; what it does with borders is of no consequence."""
    for text in texts:
        for start in range(0, len(text), LONGEST_SENTENCE):
            yield text[start : start + LONGEST_SENTENCE]
