"""
Classifiers of sequences whose head sees the mean of all tokens' vectors, padding left out, instead of the first token's: BERT, RoBERTa, XLM-R and DistilBERT.

Written by FineTuneWorkflows beside a model that was trained so; config.json names these classes in auto_map:
AutoModelForSequenceClassification.from_pretrained(folder, trust_remote_code=True).
"""

import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)
from transformers.modeling_outputs import SequenceClassifierOutput


class MeanPoolingConfig:
    """The file's problem_type is a sentence that other classes refuse; the true one is base_problem_type."""

    def __init__(self, problem_type=None, base_problem_type=None, base_model_type=None, **kwargs):
        super().__init__(problem_type=base_problem_type, **kwargs)
        self.base_model_type = base_model_type
        self.refusal = problem_type

    def to_dict(self):
        fields = super().to_dict()
        fields["base_problem_type"] = fields.get("problem_type")
        fields["problem_type"] = fields.pop("refusal", None)
        return fields


class MeanPoolingBertConfig(MeanPoolingConfig, BertConfig):
    model_type = "mean_pooling_bert"


class MeanPoolingRobertaConfig(MeanPoolingConfig, RobertaConfig):
    model_type = "mean_pooling_roberta"


class MeanPoolingXLMRobertaConfig(MeanPoolingConfig, XLMRobertaConfig):
    model_type = "mean_pooling_xlm-roberta"


class MeanPoolingDistilBertConfig(MeanPoolingConfig, DistilBertConfig):
    model_type = "mean_pooling_distilbert"


class MeanPoolingClassifier:
    def forward(self, input_ids=None, attention_mask=None, inputs_embeds=None, labels=None, **kwargs):
        if kwargs.pop("return_dict", None) is False:
            raise ValueError("This model answers with a dictionary; leave return_dict out.")
        encoder = getattr(self, self.base_model_prefix)
        hidden = encoder(input_ids=input_ids, attention_mask=attention_mask, inputs_embeds=inputs_embeds, **kwargs).last_hidden_state
        if attention_mask is None:
            mean = hidden.mean(1)
        else:
            mask = attention_mask.to(hidden.dtype).unsqueeze(-1)
            mean = (hidden * mask).sum(1) / mask.sum(1)
        logits = self.head(mean)
        loss = None
        if labels is not None:
            several = self.config.problem_type == "multi_label_classification"
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype)) if several else torch.nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


class MeanPoolingBertForSequenceClassification(MeanPoolingClassifier, BertForSequenceClassification):
    config_class = MeanPoolingBertConfig

    def head(self, mean):
        return self.classifier(self.dropout(self.bert.pooler(mean.unsqueeze(1))))


class MeanPoolingRobertaForSequenceClassification(MeanPoolingClassifier, RobertaForSequenceClassification):
    config_class = MeanPoolingRobertaConfig

    def head(self, mean):
        return self.classifier(mean.unsqueeze(1))


class MeanPoolingXLMRobertaForSequenceClassification(MeanPoolingClassifier, XLMRobertaForSequenceClassification):
    config_class = MeanPoolingXLMRobertaConfig

    def head(self, mean):
        return self.classifier(mean.unsqueeze(1))


class MeanPoolingDistilBertForSequenceClassification(MeanPoolingClassifier, DistilBertForSequenceClassification):
    config_class = MeanPoolingDistilBertConfig

    def head(self, mean):
        return self.classifier(self.dropout(torch.nn.functional.relu(self.pre_classifier(mean))))
