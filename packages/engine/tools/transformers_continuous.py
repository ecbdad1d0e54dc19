"""`transformers` with continuous batching and paged attention: as it comes, and with CUDA graphs."""

import gc
import time

import torch
from transformers import ContinuousBatchingConfig, GenerationConfig

PLAIN, GRAPHS = "continuous batching", "continuous batching, CUDA graphs"


def measure_continuous(model, batches, tokens, deadline, prompts):
    """Yields a row for each way and batch; one manager serves all batches of a way."""
    model.set_attn_implementation("paged|sdpa")
    prompt = prompts(model, 1).shape[1]
    most = max(batches) * (prompt + tokens)
    # Room for every request at once; what is left to it takes nine tenths of the memory that is free.
    room = {"num_blocks": 2 * max(batches), "max_batch_tokens": max(256, 2 * max(batches) * prompt)}
    # By itself it takes no graphs where attention has a mask, since they pad to 16,384 positions.
    padding = {"q_padding_interval_size": 8, "kv_padding_interval_size": -(-most // 256) * 256}
    ways = {
        PLAIN: ContinuousBatchingConfig(**room),
        GRAPHS: ContinuousBatchingConfig(**room, **padding, use_cuda_graph=True),
    }
    for way, settings in ways.items():
        for batch in sorted(batches, reverse=True):  # the first sizes the manager
            row = {"way": way, "batch": batch, "newTokens": tokens}
            if time.perf_counter() > deadline:
                yield row | {"notMeasured": "not begun in the time allowed"}
                continue
            try:
                yield row | steady(model, settings, prompts(model, batch).tolist(), tokens)
            except Exception as error:  # the others' figures are worth keeping
                yield row | {"notMeasured": f"{type(error).__name__}: {error}"[:400]}
        model.destroy_cached_continuous_batching_manager()
        gc.collect()
        if model.device.type == "cuda":
            torch.cuda.empty_cache()


def steady(model, settings, ids, tokens):
    """Tokens a second between the first token and the last: setting up counts against nobody."""
    config = GenerationConfig(do_sample=False, max_new_tokens=tokens, eos_token_id=-1, pad_token_id=0)

    def run(new_tokens):
        outputs = model.generate_batch(
            inputs=ids,
            generation_config=config,
            continuous_batching_config=settings,
            max_new_tokens=new_tokens,
            persistent_manager=True,
            record_timestamps=True,
            progress_bar=False,
        )
        assert [len(output.generated_tokens) for output in outputs.values()] == [new_tokens] * len(ids)
        return [output.timestamps for output in outputs.values()]

    run(4)
    before = time.perf_counter()
    stamps = run(tokens)
    whole = time.perf_counter() - before
    # Prompts may come in one after another: from when all of them decode.
    begin, end = max(each[0] for each in stamps), max(each[-1] for each in stamps)
    produced = sum(sum(stamp > begin for stamp in each) for each in stamps)
    return {
        "seconds": end - begin,
        "secondsOfCall": whole,
        "tokens": produced,
        "tokensPerSecond": produced / (end - begin),
        "iterationMs": 1e3 * (end - begin) * len(ids) / produced,
    }
