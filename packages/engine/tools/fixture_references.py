"""What transformers says of a model: logits, greedy tokens, and each sampling feature."""

import torch
from transformers import LogitsProcessor, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList
from transformers.generation import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

GREEDY_TOKENS = 200
# A greedy choice closer than this could fall either way by rounding alone.
SMALLEST_MARGIN = 2e-3


def make_reference(model):
    """The reference, or None where a choice is too close or the text too dull to prove anything."""
    vocabulary = model.config.vocab_size
    prompt = torch.randint(2, vocabulary, (1, 11)).tolist()[0]
    greedy = greedy_reference(model, prompt)
    if greedy["smallestMargin"] < SMALLEST_MARGIN or len(set(greedy["tokens"])) < 40:
        return None
    features = feature_references(model, prompt, greedy["tokens"])
    if features is None:
        return None
    return {
        "logits": [logits_case(model, length) for length in (1, 7, 40)],
        "greedy": greedy,
        "features": features,
        "distributions": distribution_references(model, prompt),
        "beams": beam_references(model, prompt, greedy["tokens"]),
    }


def rounded(values):
    return [float(f"{value:.8g}") for value in values]


def logits_case(model, length):
    prompt = torch.randint(2, model.config.vocab_size, (1, length))
    with torch.no_grad():
        logits = model(prompt).logits[0, -1]
    return {"prompt": prompt.tolist()[0], "logits": rounded(logits.tolist())}


def generate(model, prompt, **options):
    options.setdefault("eos_token_id", None)
    with torch.no_grad():
        return model.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            pad_token_id=0,
            return_dict_in_generate=True,
            output_scores=True,
            output_logits=True,
            **{"do_sample": False, **options},
        )


def margin_of(scores):
    margins = []
    for step in scores:
        top = torch.topk(step[0], 2).values
        margins.append(float(top[0] - top[1]))
    return min(margins)


def greedy_reference(model, prompt):
    output = generate(model, prompt, max_new_tokens=GREEDY_TOKENS)
    tokens = output.sequences[0].tolist()[len(prompt) :]
    log_probs = [
        float(torch.log_softmax(step[0].double(), -1)[token]) for step, token in zip(output.logits, tokens)
    ]
    return {
        "prompt": prompt,
        "tokens": tokens,
        "logProbs": rounded(log_probs),
        "lastLogits": rounded(output.logits[-1][0].tolist()),
        "smallestMargin": margin_of(output.logits),
    }


class PresencePenalty(LogitsProcessor):
    """Transformers has none; this is the plain definition."""

    def __init__(self, penalty, prompt_tokens):
        self.penalty, self.prompt_tokens = penalty, prompt_tokens

    def __call__(self, input_ids, scores):
        scores = scores.clone()
        scores[0, input_ids[0, self.prompt_tokens :].unique()] -= self.penalty
        return scores


class StopSequence(StoppingCriteria):
    def __init__(self, stop):
        self.stop = torch.tensor(stop)

    def __call__(self, input_ids, scores, **_):
        return torch.tensor([torch.equal(input_ids[0, -len(self.stop) :], self.stop)])


def feature_references(model, prompt, greedy):
    """Greedy runs that each differ from the plain one by one feature; None if one shows no effect."""
    end = greedy[17]
    cases = {
        "repetitionPenalty": ({"repetitionPenalty": 1.4}, {"repetition_penalty": 1.4}),
        "presencePenalty": (
            {"presencePenalty": 1.5},
            {"logits_processor": LogitsProcessorList([PresencePenalty(1.5, len(prompt))])},
        ),
        "badWords": (
            {"badWords": [[greedy[3]], greedy[8:10]]},
            {"bad_words_ids": [[greedy[3]], greedy[8:10]]},
        ),
        "endTokens": ({"endTokens": [end]}, {"eos_token_id": end}),
        "minOutputTokens": (
            {"endTokens": [end], "minOutputTokens": 25},
            {"eos_token_id": end, "min_new_tokens": 25},
        ),
        "stop": (
            {"stop": [greedy[20:23]]},
            {"stopping_criteria": StoppingCriteriaList([StopSequence(greedy[20:23])])},
        ),
    }
    references = []
    for name, (sampling, options) in cases.items():
        output = generate(model, prompt, max_new_tokens=40, **options)
        tokens = output.sequences[0].tolist()[len(prompt) :]
        if tokens == greedy[:40] or margin_of(output.scores) < SMALLEST_MARGIN:
            return None
        references.append({"name": name, "sampling": sampling, "maxOutputTokens": 40, "tokens": tokens})
    return references


def distribution_references(model, prompt):
    """Probabilities of the first token after the prompt, as the warpers of transformers leave them."""
    ids = torch.tensor([prompt])
    with torch.no_grad():
        logits = model(ids).logits[:, -1]
    cases = [
        ({"temperature": 0.7}, [TemperatureLogitsWarper(0.7)]),
        ({"temperature": 1.5, "topK": 8}, [TemperatureLogitsWarper(1.5), TopKLogitsWarper(8)]),
        ({"temperature": 1.0, "topP": 0.8}, [TopPLogitsWarper(0.8)]),
        (
            {"temperature": 1.3, "topK": 20, "topP": 0.6},
            [TemperatureLogitsWarper(1.3), TopKLogitsWarper(20), TopPLogitsWarper(0.6)],
        ),
    ]
    references = []
    for sampling, warpers in cases:
        probabilities = torch.softmax(LogitsProcessorList(warpers)(ids, logits.clone())[0].double(), -1)
        references.append({"prompt": prompt, "sampling": sampling, "probabilities": rounded(probabilities.tolist())})
    return references


def beam_references(model, prompt, greedy):
    """Beam searches with several widths and length penalties, with and without an end token."""
    cases = [
        {"width": 3, "lengthPenalty": 1.0, "maxOutputTokens": 20, "endTokens": []},
        {"width": 4, "lengthPenalty": 0.0, "maxOutputTokens": 24, "endTokens": [greedy[9], greedy[5]]},
        {"width": 4, "lengthPenalty": 1.0, "maxOutputTokens": 24, "endTokens": [greedy[9], greedy[5]]},
        {"width": 4, "lengthPenalty": 2.0, "maxOutputTokens": 24, "endTokens": [greedy[9], greedy[5]]},
        {"width": 2, "lengthPenalty": 1.0, "maxOutputTokens": 16, "endTokens": [greedy[7]], "repetitionPenalty": 1.2},
    ]
    references = []
    for case in cases:
        output = generate(
            model,
            prompt,
            num_beams=case["width"],
            num_return_sequences=case["width"],
            length_penalty=case["lengthPenalty"],
            max_new_tokens=case["maxOutputTokens"],
            eos_token_id=case["endTokens"] or None,
            repetition_penalty=case.get("repetitionPenalty", 1.0),
            early_stopping=False,
        )
        beams = []
        for ids, score in zip(output.sequences.tolist(), output.sequences_scores.tolist()):
            tokens = trimmed(ids[len(prompt) :], case["endTokens"])
            beams.append({"tokens": tokens, "score": float(f"{score:.8g}")})
        references.append({**case, "prompt": prompt, "beams": beams})
    return references


def trimmed(tokens, end_tokens):
    """A beam that ended is padded; its text is what stands up to its end token."""
    for place, token in enumerate(tokens):
        if token in end_tokens:
            return tokens[: place + 1]
    return tokens
