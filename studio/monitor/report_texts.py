"""What a session report says, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["en", "zh"]

_TEXTS: tuple[tuple[str, str, str], ...] = (
    ("title", "Session report", "实验报告"),
    ("made", "Made on", "生成于"),
    ("by", "by CIM Studio", "CIM Studio"),
    ("model", "Model", "模型"),
    ("digest", "SHA-256", "SHA-256"),
    ("chip", "Chip", "芯片"),
    ("target", "Run on", "运行于"),
    ("emulator", "emulator", "模拟器"),
    ("board", "board", "开发板"),
    ("noise", "noise model", "噪声模型"),
    ("toolchain", "Compiler", "编译器"),
    ("tag", "Weights tag", "权重标签"),
    ("folder", "Results folder", "结果文件夹"),
    ("accuracy", "Accuracy", "准确率"),
    ("accuracy_float", "Float model", "浮点模型"),
    ("accuracy_integer", "Integers (simulated)", "整数模型（仿真）"),
    ("accuracy_target", "On the target", "目标运行"),
    ("accuracy_seen", "In this session", "本次实验"),
    ("interval", "95 % interval", "95 % 置信区间"),
    ("samples", "samples", "个样本"),
    ("exact_all", "All outputs equal the simulator's, to the last bit", "全部输出与仿真器逐位一致"),
    ("exact_not", "samples differ from the simulator", "个样本与仿真器不同"),
    ("layers", "Layers", "各层"),
    ("name", "Name", "名称"),
    ("kind", "Operation", "运算"),
    ("shape", "Output W × H × C", "输出 W × H × C"),
    ("weights", "Weights", "权重"),
    ("gain", "Gain", "增益"),
    ("blocks", "Blocks", "块"),
    ("layout", "Layout on the array", "阵列布局"),
    ("utilization", "Array use", "阵列利用率"),
    ("bias", "bias strip", "偏置行"),
    ("confusion", "Confusion matrix", "混淆矩阵"),
    ("confusion_help", "Rows are labels, columns are results.", "行为标签，列为识别结果。"),
    ("confusion_source", "From the run of the deploy.", "来自部署时的运行。"),
    ("confusion_seen", "From this session.", "来自本次实验。"),
    ("mixed_up", "Most often mixed up", "最常混淆"),
    ("label", "Label", "标签"),
    ("result", "Result", "结果"),
    ("count", "Count", "次数"),
    ("curves", "Curves", "曲线"),
    ("curves_more", "further curves are not shown", "条曲线未显示"),
    ("running", "Accuracy as the samples came", "准确率变化"),
    ("sizes", "Memory", "内存"),
    ("code", "code", "代码"),
    ("data", "data", "数据"),
    ("sram", "NPU SRAM", "NPU SRAM"),
    ("of", "of", "/"),
    ("times", "Time of layers", "各层耗时"),
    ("layer", "Layer", "层"),
    ("mean", "Mean", "平均"),
    ("least_most", "Cycles, least to most", "周期，最少至最多"),
    ("total", "total", "合计"),
    ("session", "Session", "实验过程"),
    ("port", "Port", "端口"),
    ("baud", "baud", "波特率"),
    ("began", "Began", "开始"),
    ("lasted", "Lasted", "时长"),
    ("received", "Received", "接收"),
    ("lines", "lines", "行"),
    ("errors", "errors", "错误"),
    ("recognized", "Recognized", "识别内容"),
    ("stages", "Time of the deploy", "部署耗时"),
    ("graph", "read", "读取"),
    ("quantize", "quantize", "量化"),
    ("simulate", "simulate", "仿真"),
    ("map", "map", "映射"),
    ("build", "build", "编译"),
    ("run", "run", "运行"),
    ("versions", "Versions", "版本"),
    ("problems", "What could not be read", "无法读取的内容"),
    ("none", "none", "无"),
)


def texts(language: Language) -> Mapping[str, str]:
    """All texts of a report by their key."""
    column = 2 if language == "zh" else 1
    return {row[0]: row[column] for row in _TEXTS}
