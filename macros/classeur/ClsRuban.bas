Attribute VB_Name = "ClsRuban"
Option Explicit

' The CLS tab of the coordinator's workbook (ruban.xml).


Public Sub RubanConsolider(control As IRibbonControl)
    Consolider
End Sub


Public Sub RubanControler(control As IRibbonControl)
    Controler
End Sub


Public Sub RubanSyntheseArs(control As IRibbonControl)
    SyntheseArs
End Sub


Public Sub RubanRelances(control As IRibbonControl)
    Relances
End Sub


Public Sub RubanVerifier(control As IRibbonControl)
    VerifierInstallation
End Sub
