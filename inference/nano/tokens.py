"""The model's words: signs one by one, and what its solutions repeat as one token each.

A digit or a letter is a token, since they are what has to be read and counted with; a phrase such
as " from both sides." is one too, which makes solutions a third as long. Everything else about the
tokenizer is Hugging Face's plain layout, so transformers and vLLM load it as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from inference.prompts import OUT_OF_RANGE
from inference.rules.explain import TABLES
from inference.types import Language

END = "<|endoftext|>"
IMAGE = "<|image|>"
SPECIAL_TOKENS = (
    END, "<|user|>", "<|assistant|>", "<|system|>", "[gMASK]", "<sop>",
    "<|begin_of_image|>", "<|end_of_image|>", IMAGE, "<|begin_of_video|>", "<|end_of_video|>",
    "<|video|>", "<think>", "</think>", "<|begin_of_box|>", "<|end_of_box|>",
    "<|read|>", "<|solve|>", "<|en|>", "<|zh|>",
)  # fmt: skip

_FORMULA_PIECES = (
    "\\frac{", "}{", "^{", "^{2}", "^{3}", "_{", "\\sqrt{", " \\times ", " \\div ", " \\cdot ",
    " + ", " - ", " = ", " < ", " > ", " \\le ", " \\ge ", " \\ne ", "\\left(", "\\right)",
    "\\left|", "\\right|", "\\left[", "\\right]", "\\begin{cases} ", " \\\\ ", " \\end{cases}",
    "\\%", "\\frac{d}{dx}", "\\int ", "\\int_{", " \\, dx", "\\sin ", "\\cos ", "\\ln ", "\\tan ",
    "\\pi", " \\;\\text{or}\\; ", " \\;\\text{或}\\; ", ",\\; ", " \\pm ", " = 0", "x^{2}",
    "\\infty", "\\cup", "\\text{", "\\sqrt[",
)  # fmt: skip
_FRAME_PIECES = (
    "**Problem.** $", "**题目。** $", "$\n\n**Answer.** $", "$\n\n**答案。** $", "$\n", "\n$",
    *(f"$\n\n**Step {number}.** " for number in range(1, 21)),
    *(f"$\n\n**第{number}步。** " for number in range(1, 21)),
)  # fmt: skip
_FEWEST = 4
_PLACEHOLDER = re.compile(r"\{[a-z_0-9]+\}|\{\{|\}\}")

CHAT_TEMPLATE = (
    "{%- set ns = namespace(task='<|solve|>', language='<|en|>', images=0, text='') -%}"
    "{%- for message in messages -%}"
    "{%- if message.content is string -%}{%- set ns.text = ns.text + message.content -%}"
    "{%- else -%}{%- for part in message.content -%}"
    "{%- if part.type == 'image' -%}{%- set ns.images = ns.images + 1 -%}"
    "{%- else -%}{%- set ns.text = ns.text + part.text -%}{%- endif -%}"
    "{%- endfor -%}{%- endif -%}"
    "{%- endfor -%}"
    "{%- if '题目' in ns.text or '照片' in ns.text -%}"
    "{%- set ns.language = '<|zh|>' -%}{%- endif -%}"
    "{%- if 'Copy the question' in ns.text or '请抄写' in ns.text -%}"
    "{%- set ns.task = '<|read|>' -%}{%- endif -%}"
    "[gMASK]<sop><|user|>"
    "{%- for _ in range(ns.images) -%}<|begin_of_image|><|image|><|end_of_image|>{%- endfor -%}"
    "{{ ns.task }}{{ ns.language }}<|assistant|>"
)
"""Of a conversation it keeps photo, task and language: the model knows no other words."""


def prompt_of(language: Language, *, task: str = "solve") -> tuple[str, str]:
    """What stands before and after the photo's tokens in a prompt."""
    return (
        "[gMASK]<sop><|user|><|begin_of_image|>",
        f"<|end_of_image|><|{task}|><|{language}|><|assistant|>",
    )


def sentence_pieces() -> set[str]:
    """What the rules' sentences are made of between their numbers and letters."""
    pieces = set()
    for table in TABLES.values():
        for template in table.values():
            pieces |= {piece for piece in _PLACEHOLDER.split(template) if len(piece) > 1}
    return pieces


def make_tokenizer(corpus: Sequence[str]) -> PreTrainedTokenizerFast:
    """The tokenizer for texts like those of `corpus`.

    Pieces of the rules' sentences become tokens where the corpus has them, single characters
    always.
    """
    pieces = [*_FRAME_PIECES, *_FORMULA_PIECES, *sorted(sentence_pieces())]
    counted = _count(corpus, pieces)
    kept = [
        piece
        for piece in dict.fromkeys(pieces)
        if counted[piece] >= _FEWEST or piece in _FRAME_PIECES or piece in _FORMULA_PIECES
    ]
    characters = sorted({character for text in corpus for character in text})
    vocab = {
        token: number
        for number, token in enumerate((*SPECIAL_TOKENS, OUT_OF_RANGE, "<unk>", *characters))
    }
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in SPECIAL_TOKENS])
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece in (OUT_OF_RANGE, *kept)])
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=END,
        unk_token="<unk>",
        additional_special_tokens=list(SPECIAL_TOKENS),
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def _count(corpus: Iterable[str], pieces: Sequence[str]) -> Counter[str]:
    longest_first = sorted(set(pieces), key=lambda piece: -len(piece))
    pattern = re.compile("|".join(re.escape(piece) for piece in longest_first))
    counted: Counter[str] = Counter()
    for text in corpus:
        counted.update(match.group() for match in pattern.finditer(text))
    return counted
