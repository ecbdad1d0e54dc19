"""A small byte-level BPE tokenizer, and what the Rust library makes of some texts with it."""

import json

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

VOCABULARY = 320
CORPUS = [
    "Requests arrive one after the other, and the fused iteration serves them all at once.",
    "A request that has ended leaves; the next one that waits may enter.",
    "The scheduler decides, the engine obeys, and the trace tells what happened.",
]
TEXTS = [
    "The scheduler decides.",
    "  two spaces, a tab\tand a line\nend",
    "naïve café, 東京, 🙂👩‍👩‍👧",
    "<|end|>the engine<|end|>",
    "",
    "numbers 12345 and it's they're",
]


def make_tokenizer(folder):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<|start|>", "<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}\n')
    cases = []
    for text in TEXTS:
        tokens = tokenizer.encode(text).ids
        cases.append({"text": text, "tokens": tokens, "decoded": tokenizer.decode(tokens)})
    path = folder / "tokenizer-reference.json"
    path.write_text(json.dumps(cases, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
