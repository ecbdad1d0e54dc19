export {
  type CalibrationRecorder,
  calibrationRecorder,
  type MeasuredWork,
} from './calibrate/recorder.ts';
export { type CalibrationSubject, calibrate } from './calibrate.ts';
export {
  type CostModel,
  type DeviceState,
  predictNanos,
  type WorkCost,
} from './cost-model.ts';
export type { Interference } from './cost-models/interference.ts';
export { LinearCostModel, type LinearCosts } from './cost-models/linear.ts';
export { parseProfile } from './cost-models/parse-profile.ts';
export { ProfileCostModel } from './cost-models/profile.ts';
export type {
  HostCosts,
  Line,
  PhaseCurve,
  Profile,
} from './cost-models/profile-file.ts';
export { RooflineCostModel } from './cost-models/roofline.ts';
export type { RooflineConfig, RooflineEfficiency } from './cost-models/roofline-config.ts';
export { ScatteredCostModel } from './cost-models/scattered.ts';
export { transferProfile } from './cost-models/transfer.ts';
export { type DeviceSheet, deviceNamed, deviceReporting, devices } from './devices.ts';
export { type Residuals, residualsOf } from './fit/residuals.ts';
export { type SimulateOptions, type SimulationResult, simulate } from './simulator.ts';
