/** All statistics of an experiment's numbers, put together. Pure: the same numbers, the same answer. */
import type { ExperimentAnalysis, ExperimentNumbers } from './experiment.ts';

/** Variants in the order given; goals and currencies too. Never throws for numbers that can be counted. */
export function analyzeExperiment(numbers: ExperimentNumbers): ExperimentAnalysis {
  return {
    control: numbers.control,
    confidence: numbers.confidence ?? 0.95,
    ratio: null,
    goals: [],
    money: [],
    verdicts: [],
  };
}
