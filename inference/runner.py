"""The model on its device: the only importer of model code.

It takes the weights of a GLM-4.xV model over and runs the language half with a forward pass of its
own over the slots of a `SlotCache`: one function for prompts, one for the decode step of all active
slots. The vision half runs as transformers wrote it. Nothing here knows of requests; `worker`
decides what runs, this file only computes. One thread, the engine's, calls everything; only
`encode_images`, which touches no slot, may run in another one beside it.

Why not the model's own forward: on a small model a decode step is bound by the number of operations
launched, not by arithmetic. Fused projections, no mask construction and no module calls make it
several times shorter; on CUDA the same function has static shapes and can be captured as a graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from inference.cache import SlotCache
from inference.graphs import DecodeGraphs
from inference.recorded import RecordedPass

_CPU_WINDOW = 64
"""On the CPU, attention windows are multiples of this: enough for few allocations."""


@dataclass(frozen=True, slots=True)
class _Layer:
    input_norm: Tensor  # (H,)
    attention_norm: Tensor  # (H,), after attention
    mlp_norm: Tensor  # (H,)
    output_norm: Tensor  # (H,), after the MLP
    qkv: Tensor  # ((heads + 2 * kv_heads) * D, H)
    qkv_bias: Tensor  # ((heads + 2 * kv_heads) * D,)
    out: Tensor  # (H, heads * D)
    gate_up: Tensor  # (2 * I, H)
    down: Tensor  # (H, I)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefillChunk:
    """A stretch of one prompt to run through the model.

    Attributes:
        slot: Where its keys and values go.
        start: How many tokens of this prompt the slot already holds.
        embeddings: (S, H), the prompt's token and image embeddings from `start` on.
        positions: (3, S), M-RoPE positions of the same tokens (time, height, width).
    """

    slot: int
    start: int
    embeddings: Tensor
    positions: Tensor

    @property
    def num_tokens(self) -> int:
        return self.embeddings.shape[0]


class ModelRunner:
    """Weights, slots and the two forward passes of one model on one device.

    Args:
        model: A `Glm4vForConditionalGeneration` or `Glm46VForConditionalGeneration` in eval mode,
            on its device and in its dtype.
        num_slots: Sequences that can be decoded together.
        max_len: Tokens that a slot holds, prompt and answer together.
    """

    def __init__(self, model: Any, *, num_slots: int, max_len: int) -> None:
        text = model.model.language_model
        config = text.config
        self.model = model
        self.hidden_size: int = config.hidden_size
        self.num_heads: int = config.num_attention_heads
        self.num_kv_heads: int = config.num_key_value_heads
        self.head_dim: int = config.hidden_size // config.num_attention_heads
        self._num_groups = self.num_heads // self.num_kv_heads
        self._eps: float = config.rms_norm_eps
        self._embedding: Tensor = text.embed_tokens.weight.detach()
        self._final_norm: Tensor = text.norm.weight.detach()
        self._head: Tensor = model.lm_head.weight.detach()
        self.device = self._embedding.device
        self.dtype = self._embedding.dtype
        self._layers = [_take_layer(layer) for layer in text.layers]
        self.cache = SlotCache(
            num_layers=len(self._layers),
            num_slots=num_slots,
            num_kv_heads=self.num_kv_heads,
            head_dim=self.head_dim,
            max_len=max_len,
            dtype=self.dtype,
            device=self.device,
        )
        self._rotary = _RotaryTable(text.rotary_emb, max_len, self.dtype)
        # What decode reads and advances on the device, one entry a slot.
        self._tokens = torch.zeros(num_slots, dtype=torch.long, device=self.device)
        self._lengths = torch.zeros(num_slots, dtype=torch.long, device=self.device)
        self._rope_deltas = torch.zeros(num_slots, dtype=torch.long, device=self.device)
        self._slot_ids = torch.arange(num_slots, device=self.device)
        self._positions = torch.arange(max_len, device=self.device)
        self._no_mask = torch.zeros(num_slots, max_len, dtype=self.dtype, device=self.device)
        self._decode_pass: Callable[..., Tensor] = self._decode
        self._prefill_pass: Callable[..., Tensor] = self._prefill
        self._greedy_passes: dict[int, Callable[..., Tensor]] = {}  # by their number of steps
        if self.device.type == "cpu":
            self._decode_pass = RecordedPass(self._decode)
            self._prefill_pass = RecordedPass(self._prefill)
        self._graphs: DecodeGraphs | None = None
        # Photos are encoded by another thread, beside the decode steps.
        self._vision_stream = (
            torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]
            if self.device.type == "cuda"
            else None
        )

    @torch.inference_mode()
    def embed(self, token_ids: Sequence[int]) -> Tensor:
        """Embeddings (S, H) of `token_ids`."""
        ids = torch.tensor(token_ids, dtype=torch.long).to(self.device, non_blocking=True)
        return F.embedding(ids, self._embedding)

    @torch.inference_mode()
    def encode_images(
        self, pixel_values: Sequence[Tensor], grids: Sequence[Tensor]
    ) -> list[Tensor]:
        """Run the vision tower over several images at once.

        Args:
            pixel_values: Per image (patches, channels * 2 * patch * patch), float32.
            grids: Per image (3,), the numbers of patches in time, height and width.

        Returns:
            Per image the features (tokens, H) that take the place of its placeholders. They are
            complete: another thread may use them at once.
        """
        if self._vision_stream is None:
            return self._encode_images(pixel_values, grids)
        with torch.cuda.stream(self._vision_stream):
            features = self._encode_images(pixel_values, grids)
        self._vision_stream.synchronize()
        for each in features:
            each.record_stream(torch.cuda.default_stream(self.device))
        return features

    def _encode_images(
        self, pixel_values: Sequence[Tensor], grids: Sequence[Tensor]
    ) -> list[Tensor]:
        output = self.model.model.get_image_features(
            torch.cat(list(pixel_values)).to(
                self.device, self.model.model.visual.dtype, non_blocking=True
            ),
            torch.stack(list(grids)).to(self.device),
            return_dict=True,
        )
        return [features.to(self.dtype) for features in output.pooler_output]

    @torch.inference_mode()
    def prefill(self, chunks: Sequence[PrefillChunk]) -> Tensor:
        """Run one chunk a slot through the model, all in one batch.

        Args:
            chunks: For consecutive slots `s, s + 1, ...`, in this order.

        Returns:
            (len(chunks), V), the logits after each chunk's last token.
        """
        longest = max(chunk.num_tokens for chunk in chunks)
        end = min(max(chunk.start for chunk in chunks) + longest, self.cache.max_len)
        hidden = pad_sequence([chunk.embeddings for chunk in chunks], batch_first=True)
        # (B, S, 3), then (3, B, S)
        rope = pad_sequence([chunk.positions.T for chunk in chunks], batch_first=True)
        bounds = torch.tensor([(chunk.start, chunk.num_tokens - 1) for chunk in chunks]).to(
            self.device, non_blocking=True
        )
        layers = [held[chunks[0].slot :] for held in self.cache.layers]
        return self._prefill_pass(
            hidden, rope.permute(2, 0, 1), bounds, self._positions[:end], layers
        )

    def _prefill(
        self,
        hidden: Tensor,
        rope_positions: Tensor,
        bounds: Tensor,
        positions: Tensor,
        layers: list[Tensor],
    ) -> Tensor:
        """The pass of `prefill` over S tokens of B slots, as a function of all that changes.

        Args:
            hidden: (B, S, H), embeddings.
            rope_positions: (3, B, S)
            bounds: (B, 2), of each row the tokens its slot holds already, and the index in S of
                its last token.
            positions: (T,), the tokens of a slot that attention reads.
            layers: Of each layer the keys and values of these slots and those behind them.
        """
        num_rows, length, _ = hidden.shape
        rows = self._slot_ids[:num_rows]
        starts, last = bounds.unbind(1)
        # Padding writes past a row's own end, where nothing is read before it is overwritten.
        write_at = starts[:, None] + self._positions[:length]  # (B, S)
        write_at = write_at.clamp(max=self.cache.max_len - 1)
        mask = positions <= write_at[:, :, None]  # (B, S, T)
        # Queries that share a key head stand side by side as rows: (B, kv_heads, groups * S, D).
        mask = mask[:, None].expand(-1, self._num_groups, -1, -1).flatten(1, 2)[:, None]
        cos, sin = self._rotary.at_grid(rope_positions)  # (B, S, R)
        for layer, held in zip(self._layers, layers, strict=True):
            query, key_value = self._project(layer, hidden, cos, sin)  # (B, S, heads, D)
            held.transpose(1, 2).index_put_((rows[:, None], write_at), key_value)
            keys, values = held[:num_rows, :, : positions.shape[0]].chunk(2, dim=1)
            query = query.view(num_rows, length, self.num_kv_heads, self._num_groups, -1)
            query = query.permute(0, 2, 3, 1, 4).flatten(2, 3)
            attended = F.scaled_dot_product_attention(query, keys, values, attn_mask=mask)
            attended = attended.view(num_rows, self.num_kv_heads, self._num_groups, length, -1)
            attended = attended.permute(0, 3, 1, 2, 4).flatten(2)  # (B, S, heads * D)
            hidden = self._finish_layer(layer, hidden, attended)
        return self._logits(hidden[rows, last])

    @torch.inference_mode()
    def set_decoding(self, slot: int, *, token: int, length: int, rope_delta: int) -> None:
        """Tell the decode step what a slot holds.

        Args:
            slot: The slot.
            token: The last token, which the next step reads.
            length: Tokens whose keys and values the slot holds.
            rope_delta: What to add to a token's index to get its rotary position.
        """
        self._tokens[slot] = token
        self._lengths[slot] = length
        self._rope_deltas[slot] = rope_delta

    @torch.inference_mode()
    def rope_positions(
        self, token_ids: Sequence[int], is_image: Sequence[bool], grids: Sequence[Tensor]
    ) -> tuple[Tensor, int]:
        """M-RoPE positions (3, S) of a prompt and what to add to the index of a later token.

        Uses the model's own arithmetic but none of its state: `rope_deltas` of the model belongs to
        one request at a time and is never touched.
        """
        ids = torch.tensor([token_ids], dtype=torch.long)
        positions, deltas = self.model.model.get_rope_index(
            ids,
            mm_token_type_ids=torch.tensor([is_image], dtype=torch.int),
            image_grid_thw=torch.stack(list(grids)) if grids else None,
        )
        return positions[:, 0].to(self.device), int(deltas)

    @torch.inference_mode()
    def move(self, source: int, target: int, num_tokens: int) -> None:
        """Let slot `target` hold what slot `source` holds (`num_tokens` of keys and values)."""
        self.cache.copy(source, target, num_tokens)
        for state in (self._tokens, self._lengths, self._rope_deltas):
            state[target] = state[source]

    @torch.inference_mode()
    def decode(self, num_rows: int, longest: int) -> Tensor:
        """One step for the slots `[0, num_rows)`: read each slot's token, return what may follow.

        Shapes are rounded up so that few of them occur: on CUDA each is a captured graph, and the
        rows added are free slots, whose writes fall behind what those slots hold.

        Args:
            num_rows: Active slots (B).
            longest: Tokens that the fullest of them holds after this step.

        Returns:
            (B, V), logits. `advance` then tells which tokens were chosen.
        """
        if self._graphs is None:
            return self.decode_step(num_rows, self._window(longest))
        shape = self._graphs.shape_for(num_rows, longest)
        return self._graphs.replay(shape)[:num_rows]

    @torch.inference_mode()
    def decode_greedily(self, num_rows: int, longest: int, num_steps: int) -> Tensor:
        """Several steps one after the other, each of which reads what was most likely before.

        On the CPU they are one recorded pass, so the interpreter's lock is waited for once and not
        at each of them; on CUDA the host waits for the device once.

        Args:
            num_rows: Active slots (B).
            longest: Tokens that the fullest of them holds after the first step.
            num_steps: How many steps. A slot has to have room for them.

        Returns:
            (num_steps, 3, B), float64, each step as `choose_most_likely` tells it. The slots have
            advanced.
        """
        if self.device.type != "cpu":
            by_step = []
            for step in range(num_steps):
                best = most_likely(self.decode(num_rows, longest + step))
                self.advance(best[0].long())
                by_step.append(best)
            return torch.stack(by_step)
        if num_steps not in self._greedy_passes:
            self._greedy_passes[num_steps] = RecordedPass(
                lambda *arguments: self._decode_greedily(num_steps, *arguments)
            )
        window = self._window(longest + num_steps - 1)
        chosen = self._greedy_passes[num_steps](*self._decode_arguments(num_rows, window))
        self.advance(chosen[-1, 0], num_steps=num_steps)
        return chosen

    def _window(self, longest: int) -> int:
        return min(-(-longest // _CPU_WINDOW) * _CPU_WINDOW, self.cache.max_len)

    def _decode_greedily(
        self,
        num_steps: int,
        rows: Tensor,
        positions: Tensor,
        tokens: Tensor,
        lengths: Tensor,
        rope_deltas: Tensor,
        layers: list[Tensor],
    ) -> Tensor:
        """The pass of `decode_greedily`; the other arguments are those of `_decode`.

        It leaves the state of the slots alone: recording a pass runs it once more.
        """
        tokens, lengths = tokens[: rows.shape[0]], lengths[: rows.shape[0]]
        chosen = []
        for _ in range(num_steps):
            best = choose_most_likely(
                self._decode(rows, positions, tokens, lengths, rope_deltas, layers)
            )
            tokens, lengths = best[0].long(), lengths + 1
            chosen.append(best)
        return torch.stack(chosen)

    def decode_step(self, num_rows: int, window: int) -> Tensor:
        """The computation of `decode` for an exact shape: no host sync, static addresses.

        Args:
            num_rows: Slots (B).
            window: How many tokens of each slot attention reads (T).
        """
        return self._decode_pass(*self._decode_arguments(num_rows, window))

    def _decode_arguments(self, num_rows: int, window: int) -> tuple[Any, ...]:
        return (
            self._slot_ids[:num_rows],
            self._positions[:window],
            self._tokens,
            self._lengths,
            self._rope_deltas,
            self.cache.layers,
        )

    def capture_graphs(self) -> None:
        """On CUDA, record the decode step of every shape that occurs; elsewhere nothing to do."""
        if self.device.type == "cuda":
            self._graphs = DecodeGraphs(
                self.decode_step, num_slots=self.cache.num_slots, max_len=self.cache.max_len
            )

    def _decode(
        self,
        rows: Tensor,
        positions: Tensor,
        tokens: Tensor,
        lengths: Tensor,
        rope_deltas: Tensor,
        layers: list[Tensor],
    ) -> Tensor:
        """The decode step as a function of all that changes, so that it can be recorded.

        Args:
            rows: (B,), the first slots.
            positions: (T,), the first tokens of each.
            tokens: (slots,), what each slot's step reads.
            lengths: (slots,), how many tokens each slot holds.
            rope_deltas: (slots,)
            layers: Of each layer the keys and values of all slots.
        """
        num_rows, window = rows.shape[0], positions.shape[0]
        hidden = F.embedding(tokens[:num_rows], self._embedding)  # (B, H)
        lengths = lengths[:num_rows]
        cos, sin = self._rotary.at(lengths + rope_deltas[:num_rows])  # (B, R)
        mask = self._no_mask[:num_rows, :window].masked_fill(
            positions > lengths[:, None], -torch.inf
        )[:, None, None]
        for layer, held in zip(self._layers, layers, strict=True):
            query, key_value = self._project(layer, hidden, cos, sin)  # (B, heads, D)
            held.transpose(1, 2).index_put_((rows, lengths), key_value)
            keys, values = held[:num_rows, :, :window].chunk(2, dim=1)
            query = query.reshape(-1, self.num_kv_heads, self._num_groups, self.head_dim)
            attended = F.scaled_dot_product_attention(query, keys, values, attn_mask=mask)
            hidden = self._finish_layer(layer, hidden, attended.flatten(1))
        return self._logits(hidden)

    @torch.inference_mode()
    def advance(self, tokens: Tensor, *, num_steps: int = 1) -> None:
        """Append `tokens` (B,), on any device, to the first B slots for the next `decode`.

        With several steps they are the last ones, and the slots hold those before already.
        """
        num_rows = tokens.shape[0]
        self._tokens[:num_rows].copy_(tokens, non_blocking=True)
        self._lengths[:num_rows].add_(num_steps)

    def _project(
        self, layer: _Layer, hidden: Tensor, cos: Tensor, sin: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Queries (..., heads, D) and keys before values (..., 2 * kv_heads, D) of hidden states
        (..., H), rotated."""
        normed = F.rms_norm(hidden, (self.hidden_size,), layer.input_norm, self._eps)
        qkv = F.linear(normed, layer.qkv, layer.qkv_bias)
        qkv = qkv.view(*hidden.shape[:-1], -1, self.head_dim)
        num_rotated = self.num_heads + self.num_kv_heads
        _rotate_(qkv[..., :num_rotated, :], cos[..., None, :], sin[..., None, :])
        return qkv[..., : self.num_heads, :], qkv[..., self.num_heads :, :]

    def _finish_layer(self, layer: _Layer, hidden: Tensor, attended: Tensor) -> Tensor:
        attended = F.linear(attended, layer.out)
        hidden = hidden + F.rms_norm(attended, (self.hidden_size,), layer.attention_norm, self._eps)
        normed = F.rms_norm(hidden, (self.hidden_size,), layer.mlp_norm, self._eps)
        gate, up = F.linear(normed, layer.gate_up).chunk(2, dim=-1)
        down = F.linear(F.silu(gate).mul_(up), layer.down)
        return hidden + F.rms_norm(down, (self.hidden_size,), layer.output_norm, self._eps)

    def _logits(self, hidden: Tensor) -> Tensor:
        normed = F.rms_norm(hidden, (self.hidden_size,), self._final_norm, self._eps)
        return F.linear(normed, self._head)


def choose_most_likely(logits: Tensor) -> Tensor:
    """The most likely token of each row of logits (B, V) above its logit and its probability:
    (3, B), float64."""
    highest, tokens = logits.max(dim=-1)
    probability = torch.exp(highest - torch.logsumexp(logits.float(), dim=-1))
    return torch.stack((tokens.double(), highest.double(), probability.double()))


most_likely = RecordedPass(choose_most_likely)
"""`choose_most_likely` as one call outside of the interpreter."""


class _RotaryTable:
    """Cosines and sines of all rotary positions, with M-RoPE's sections (Qwen2-VL, section 2.1)."""

    def __init__(self, rotary_emb: Any, max_len: int, dtype: torch.dtype) -> None:
        frequencies = rotary_emb.inv_freq.float()  # (F,)
        angles = torch.arange(max_len, device=frequencies.device)[:, None].float() * frequencies
        scaling = rotary_emb.attention_scaling
        self._cos = (angles.cos() * scaling).to(dtype).repeat_interleave(2, dim=-1)  # (P, 2F)
        self._sin = (angles.sin() * scaling).to(dtype).repeat_interleave(2, dim=-1)
        self._sin[:, 0::2] *= -1  # see `_rotate_`
        axes = [
            axis % 3 for axis, size in enumerate(rotary_emb.mrope_section) for _ in range(2 * size)
        ]
        self._axis = torch.tensor(axes, device=frequencies.device)  # (2F,): time, height or width
        self._column = torch.arange(len(axes), device=frequencies.device)

    def at(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and sines (B, 2F) where all three axes have the same `positions` (B,)."""
        return self._cos[positions], self._sin[positions]

    def at_grid(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and sines (B, S, 2F) at `positions` (3, B, S)."""
        by_column = positions[self._axis].permute(1, 2, 0)
        return self._cos[by_column, self._column], self._sin[by_column, self._column]


def _rotate_(states: Tensor, cos: Tensor, sin: Tensor) -> None:
    """Turn the first channels of `states` (..., D) in place, pairwise: (a, b) becomes
    (a cos - b sin, b cos + a sin). The minus stands in `sin` already."""
    turned = states[..., : cos.shape[-1]]
    swapped = turned.view(*turned.shape[:-1], -1, 2).flip(-1).view(turned.shape)
    turned.mul_(cos).addcmul_(swapped, sin)


def _take_layer(layer: Any) -> _Layer:
    attention = layer.self_attn
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    return _Layer(
        input_norm=layer.input_layernorm.weight.detach(),
        attention_norm=layer.post_self_attn_layernorm.weight.detach(),
        mlp_norm=layer.post_attention_layernorm.weight.detach(),
        output_norm=layer.post_mlp_layernorm.weight.detach(),
        qkv=torch.cat([projection.weight.detach() for projection in projections]),
        qkv_bias=torch.cat([projection.bias.detach() for projection in projections]),
        out=attention.o_proj.weight.detach(),
        gate_up=layer.mlp.gate_up_proj.weight.detach(),
        down=layer.mlp.down_proj.weight.detach(),
    )
