{#- A text for people's screens: signs that would steer a terminal, or turn the
    direction of writing, become codes like \u001b. What stands in seeds and
    sources is only checked where people run the checks; messages show it anyway.

    text: any value
    returns: text, with its line ends                                      -#}
{% macro visible(text) -%}
    {%- set ns = namespace(text=text | string) -%}
    {%- set steering = '[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]' -%}
    {%- for sign in modules.re.findall(steering, ns.text) | unique -%}
        {#- JSON takes the sign for delete, 7f, as it is. -#}
        {%- set code = tojson(sign)[1:-1] -%}
        {%- set ns.text = ns.text.replace(
            sign, '\\u007f' if code == sign else code
        ) -%}
    {%- endfor -%}
    {{ return(ns.text) }}
{%- endmacro %}
