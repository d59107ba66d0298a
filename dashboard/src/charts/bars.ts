/** Bars, for charts that need them: loaded apart, so that the overview does not carry them. */
import { BarChart } from 'echarts/charts';
import { use } from 'echarts/core';

use([BarChart]);
