// Pages of the plan: their chart.

import { showChart } from "./chart.js";

showChart();
