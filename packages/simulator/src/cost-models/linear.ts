import { FloverError, type Work } from '@flover/policy';
import { type CostModel, type WorkCost, wholeNanos } from '../cost-model.ts';
import { FeatureReader } from '../work-features.ts';

/** Nanoseconds for each thing that a work holds; what is missing costs nothing. */
export interface LinearCosts {
  /** Every work. */
  readonly iterationNanos?: number;
  readonly decodeRowNanos?: number;
  readonly decodeKvTokenNanos?: number;
  readonly prefillTokenNanos?: number;
  readonly movedTokenNanos?: number;
  readonly swappedTokenNanos?: number;
  readonly planNanos?: number;
  readonly launchNanos?: number;
  /** While n works run at once each takes 1 + (n - 1) x interference times as long. Default 0. */
  readonly interference?: number;
  /** Default 1. */
  readonly kvBytesPerToken?: number;
}

/** A sum of constants: for teaching, for tests against closed forms, and for laws. */
export class LinearCostModel implements CostModel {
  readonly name = 'linear';
  readonly kvBytesPerToken: number;
  readonly #costs: Required<LinearCosts>;
  readonly #reader = new FeatureReader();

  /** Throws `cost-model-invalid` for negative or infinite costs. */
  constructor(costs: LinearCosts) {
    for (const [name, value] of Object.entries(costs)) {
      if (Number.isFinite(value) && value >= 0) continue;
      throw new FloverError('cost-model-invalid', `${name} is ${value}: it must be at least 0`);
    }
    this.#costs = {
      iterationNanos: 0,
      decodeRowNanos: 0,
      decodeKvTokenNanos: 0,
      prefillTokenNanos: 0,
      movedTokenNanos: 0,
      swappedTokenNanos: 0,
      planNanos: 0,
      launchNanos: 0,
      interference: 0,
      kvBytesPerToken: 1,
      ...costs,
    };
    this.kvBytesPerToken = this.#costs.kvBytesPerToken;
  }

  costOf(work: Work): WorkCost {
    const features = this.#reader.read(work);
    const costs = this.#costs;
    const rowsNanos =
      costs.iterationNanos +
      costs.decodeRowNanos * features.decodeRows +
      costs.decodeKvTokenNanos * features.decodeKvTokens +
      costs.prefillTokenNanos * features.prefillTokens;
    const moveNanos = Math.round(
      costs.movedTokenNanos * features.movedTokens +
        costs.swappedTokenNanos * features.swappedTokens,
    );
    return {
      soloNanos: wholeNanos(rowsNanos) + moveNanos,
      moveNanos,
      planNanos: Math.round(costs.planNanos),
      launchNanos: Math.round(costs.launchNanos),
    };
  }

  slowdowns(running: readonly WorkCost[], factors: Float64Array): void {
    factors.fill(1 + (running.length - 1) * this.#costs.interference, 0, running.length);
  }
}
