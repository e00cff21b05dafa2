"""A manifest to a model card: what a user should know before trusting the model."""

from __future__ import annotations

from nlpcell.bundle import Manifest

USE = {
    "generate": 'nlpcell generate --model {name} --prompt "..."',
    "sentiment": "nlpcell sentiment --model {name} < sentences.txt",
    "translate": "nlpcell translate --model {name} < sentences.txt",
    "agree": "nlpcell agree --model {name} < text.txt",
}
LIMITS = {
    "translate": "It knows the words and the kind of sentences it was trained on; elsewhere it can "
    "leave things out, repeat them or invent them, and it does so fluently. It reads one sentence "
    "at a time: what another one says about who is meant, it cannot know.",
    "generate": "It has learnt letters, words and some grammar, no facts: what it writes is made "
    "up, and it takes over the style, spelling and prejudices of its texts.",
    "sentiment": "It judges the kind of sentences it was trained on. Irony, mixed feelings, "
    "quotations and other subjects are where it errs; the probability tells how sure it is.",
    "agree": "It corrects gender and number, no spelling and no other grammar. What a sentence "
    "does not say, such as the gender of whoever speaks, it cannot know; words far from what they "
    "agree with, and names, are where it errs.",
}


def card(name: str, manifest: Manifest) -> str:
    """The model card, Markdown."""
    trained, settings = manifest.trained, manifest.settings
    layers = settings["recurrent"]
    shape = f"{layers['layers']} x {layers['hidden']} {layers['cell'].upper()}"
    rows = "\n".join(
        f"| {score['metric']} | {score['value']} | {score['float32']} | `{score['signature']}` |"
        for score in manifest.scores
    )
    corpora = "\n".join(f"- {corpus}" for corpus in trained["corpora"]) or "- the user's own files"
    named = manifest.labels if manifest.task != "agree" else []
    labels = f"Labels: {', '.join(named)}.\n" if named else ""
    return f"""# {name}

A model of nlpcell {manifest.nlpcell} for the task `{manifest.task}`:
{shape}, {trained["parameters"]:,} parameters.
{labels}
    {USE[manifest.task].format(name=name)}

## Training

    {trained["command"]}

{trained["seconds"]:,} seconds. Data and licences:

{corpora}

## Scores on the dev data

| metric | int8 (what answers) | float32 | signature |
| --- | --- | --- | --- |
{rows}

## Limits

{LIMITS[manifest.task]}
"""
